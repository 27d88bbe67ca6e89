import type { BenchClient } from "./client";

/** The official client of the service, as its documentation uses it. */
export const official: BenchClient = {
  name: "@azure/ai-voicelive",
  async connect(endpoint, listener) {
    // An ES module.
    const { VoiceLiveClient } = await import("@azure/ai-voicelive");
    const session = new VoiceLiveClient(endpoint, { key: "any" }).createSession(
      "gpt-realtime",
    );
    const tell = (event: { readonly type: string }): Promise<void> => {
      listener.event(event.type);
      return Promise.resolve();
    };
    const subscription = session.subscribe({
      onResponseAudioDelta: (event) => {
        listener.audio(event.delta);
        return Promise.resolve();
      },
      onInputAudioBufferCleared: tell,
      onResponseDone: tell,
    });
    await session.connect();
    return {
      append: (frame) => session.sendAudio(frame),
      respond: () => session.sendEvent({ type: "response.create" }),
      async close() {
        await subscription.close();
        await session.dispose();
      },
    };
  },
};
