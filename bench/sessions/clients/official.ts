import { pcm } from "../frames";
import { connectAll, type SessionsClient } from "./client";

const FRAME_MS = 20;

/** The official client of the service, as its documentation uses it. */
export const official: SessionsClient = {
  frameMs: FRAME_MS,
  async connect(port, count, onAudio) {
    // An ES module.
    const { VoiceLiveClient } = await import("@azure/ai-voicelive");
    const frame = pcm(FRAME_MS);
    const client = new VoiceLiveClient(`http://127.0.0.1:${port}`, {
      key: "any",
    });
    const sessions = await connectAll(count, async (index) => {
      const session = client.createSession("gpt-realtime");
      session.subscribe({
        onResponseAudioDelta: (event) => {
          onAudio(index, event.delta);
          return Promise.resolve();
        },
      });
      await session.connect();
      return session;
    });
    return {
      append: (session) => void sessions[session]?.sendAudio(frame),
      async close() {
        await Promise.all(sessions.map((session) => session.dispose()));
      },
    };
  },
};
