import { once } from "node:events";
import {
  ConversationHub,
  HandshakeBudget,
  resolveEndpoint,
} from "../../lib/client";
import type { BenchClient } from "./client";

/** As the nodes use it: framing, sequencer, playback clock and all. Audio leaves as it comes, since a bench has no time to pace it. */
export const voicewire: BenchClient = {
  name: "voicewire",
  async connect(endpoint, listener) {
    const hub = new ConversationHub({
      access: {
        apiVersion: "2026-07-15",
        budget: new HandshakeBudget(1_000),
        locate: () =>
          Promise.resolve({
            endpoint: resolveEndpoint(endpoint),
            headers: { "api-key": "any" },
          }),
      },
      target: { target: "model", model: "gpt-realtime" },
      settings: { turn_detection: null },
      greeting: { mode: "none" },
      echo: "none",
      echoTailMs: 0,
      silenceMs: 0,
      maxConversations: 1,
      idleMs: 0,
    });
    hub.addOutlet({
      options: {
        mode: "received",
        leadMs: 200,
        chunkMs: 40,
        sampleRate: FORMAT.sampleRate,
      },
      audio: (_conversation, { pcm }) => listener.audio(pcm),
      playback: () => {},
    });
    hub.on("raw", (_conversation, event) => listener.event(event.type));
    const conversation = hub.open("bench");
    conversation.connect();
    while (conversation.state.name !== "ready") await once(hub, "status");
    return {
      append: (frame) =>
        conversation.appendAudio(frame, FORMAT, frame.length / BYTES_PER_MS),
      respond: () => conversation.respond(),
      close: () => hub.close(),
    };
  },
};

const FORMAT = {
  encoding: "signed-integer",
  sampleRate: 24_000,
  channels: 1,
} as const;
const BYTES_PER_MS = 48;
