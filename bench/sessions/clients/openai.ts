import { once } from "node:events";
import { connect } from "node:net";
import OpenAI from "openai";
import { OpenAIRealtimeWS } from "openai/realtime/ws";
import { pcm } from "../frames";
import { connectAll, type SessionsClient } from "./client";

const FRAME_MS = 20;

/** The realtime client of `openai`, as its documentation uses it. */
export const openai: SessionsClient = {
  frameMs: FRAME_MS,
  async connect(port, count, onAudio) {
    const frame = pcm(FRAME_MS);
    const account = new OpenAI({
      apiKey: "any",
      baseURL: `http://127.0.0.1:${port}`,
    });
    const open = async (session: number): Promise<OpenAIRealtimeWS> => {
      const client = new OpenAIRealtimeWS(
        {
          model: "gpt-realtime",
          // It asks for TLS, whatever the address says.
          options: { createConnection: () => connect(port, "127.0.0.1") },
        },
        account,
      );
      // The service of the bench sends the name that Azure sends.
      client.on("event", ({ type, ...event }: { type: string }) => {
        if (type === "response.audio.delta")
          onAudio(
            session,
            Buffer.from((event as { delta: string }).delta, "base64"),
          );
      });
      await once(client.socket, "open");
      return client;
    };
    const clients = await connectAll(count, open);
    return {
      append: (session) =>
        clients[session]?.send({
          type: "input_audio_buffer.append",
          audio: frame.toString("base64"),
        }),
      async close() {
        for (const client of clients) client.close();
        await Promise.all(clients.map(({ socket }) => once(socket, "close")));
      },
    };
  },
};
