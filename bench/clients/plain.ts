import { once } from "node:events";
import { WebSocket } from "ws";
import type { BenchClient } from "./client";

/** The least that does the work: JSON and base64 by hand on the same socket. */
export const plain: BenchClient = {
  name: "plain ws",
  async connect(endpoint, listener) {
    const socket = new WebSocket(endpoint.replace("http:", "ws:"), {
      perMessageDeflate: false,
    });
    socket.on("message", (data: Buffer) => {
      const event = JSON.parse(data.toString("utf8")) as {
        type: string;
        delta: string;
      };
      if (event.type === "response.audio.delta")
        listener.audio(Buffer.from(event.delta, "base64"));
      else listener.event(event.type);
    });
    await once(socket, "open");
    const send = (event: object): void => socket.send(JSON.stringify(event));
    return {
      append: (frame) =>
        send({
          type: "input_audio_buffer.append",
          audio: frame.toString("base64"),
        }),
      respond: () => send({ type: "response.create" }),
      async close() {
        const closed = once(socket, "close");
        socket.close(1000);
        await closed;
      },
    };
  },
};
