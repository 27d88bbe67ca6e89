import { once } from "node:events";
import {
  ConversationHub,
  HandshakeBudget,
  resolveEndpoint,
  type Conversation,
} from "../../../lib/client";
import { pcm } from "../frames";
import { connectAll, type SessionsClient } from "./client";

const FORMAT = {
  encoding: "signed-integer",
  sampleRate: 24_000,
  channels: 1,
} as const;

/** This client as the nodes use it: framing, turns, playback clock and all. Audio goes out as it comes. */
export function voicewire(frameMs: number): SessionsClient {
  return {
    frameMs,
    async connect(port, count, onAudio) {
      const frame = pcm(frameMs);
      const hub = createHub(port, count);
      hub.addOutlet({
        options: {
          mode: "received",
          leadMs: 200,
          chunkMs: 40,
          sampleRate: FORMAT.sampleRate,
        },
        audio: ({ key }, chunk) => onAudio(Number(key), chunk.pcm),
        playback: () => {},
      });
      const conversations = await connectAll(count, (session) =>
        open(hub, String(session)),
      );
      return {
        append: (session) =>
          conversations[session]?.appendAudio(frame, FORMAT, frameMs),
        async close() {
          hub.close();
          await Promise.resolve();
        },
      };
    },
  };
}

function createHub(port: number, count: number): ConversationHub {
  return new ConversationHub({
    access: {
      apiVersion: "2026-07-15",
      budget: new HandshakeBudget(1_000_000),
      locate: () =>
        Promise.resolve({
          endpoint: resolveEndpoint(`http://127.0.0.1:${port}`),
          headers: { "api-key": "any" },
        }),
    },
    target: { target: "model", model: "gpt-realtime" },
    settings: { turn_detection: null },
    greeting: { mode: "none" },
    echo: "none",
    echoTailMs: 0,
    silenceMs: 0,
    maxConversations: count,
    idleMs: 0,
  });
}

async function open(hub: ConversationHub, key: string): Promise<Conversation> {
  const conversation = hub.open(key);
  conversation.connect();
  while (conversation.state.name !== "ready") await once(hub, "status");
  return conversation;
}
