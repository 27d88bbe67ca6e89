import { once } from "node:events";
import { WebSocket } from "ws";
import { pcm } from "../frames";
import { connectAll, type SessionsClient } from "./client";

const FRAME_MS = 20;

/** JSON and base64 by hand on a socket of `ws`: what a developer writes first. */
export const plain: SessionsClient = {
  frameMs: FRAME_MS,
  async connect(port, count, onAudio) {
    const frame = pcm(FRAME_MS);
    const open = async (session: number): Promise<WebSocket> => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}`, {
        perMessageDeflate: false,
      });
      socket.on("message", (data: Buffer) => {
        const event = JSON.parse(data.toString("utf8")) as {
          type: string;
          delta: string;
        };
        if (event.type === "response.audio.delta")
          onAudio(session, Buffer.from(event.delta, "base64"));
      });
      await once(socket, "open");
      return socket;
    };
    const sockets = await connectAll(count, open);
    return {
      append: (session) =>
        sockets[session]?.send(
          JSON.stringify({
            type: "input_audio_buffer.append",
            audio: frame.toString("base64"),
          }),
        ),
      async close() {
        for (const socket of sockets) socket.close(1000);
        await Promise.all(sockets.map((socket) => once(socket, "close")));
      },
    };
  },
};
