import { once } from "node:events";
import { connect as connectSocket, type Socket } from "node:net";
import { clientFrame, deltaFrame, pcm } from "../frames";
import { connectAll, type SessionsClient } from "./client";

const FRAME_MS = 20;

/** Sockets that write a frame made beforehand and read bytes: what no client can do without. */
export const bare: SessionsClient = {
  frameMs: FRAME_MS,
  async connect(port, count, onAudio) {
    const frame = clientFrame({
      type: "input_audio_buffer.append",
      audio: pcm(FRAME_MS).toString("base64"),
    });
    const samples = pcm(100);
    const deltaBytes = deltaFrame(100).length;
    const open = async (session: number): Promise<Socket> => {
      const socket = await handshake(port);
      let bytes = 0;
      socket.on("data", (data) => {
        for (bytes += data.length; bytes >= deltaBytes; bytes -= deltaBytes)
          onAudio(session, samples);
      });
      return socket;
    };
    const sockets = await connectAll(count, open);
    return {
      append: (session) => void sockets[session]?.write(frame),
      async close() {
        for (const socket of sockets) socket.destroy();
        await Promise.all(sockets.map((socket) => once(socket, "close")));
      },
    };
  },
};

async function handshake(port: number): Promise<Socket> {
  const socket = connectSocket({ host: "127.0.0.1", port, noDelay: true });
  await once(socket, "connect");
  socket.write(
    [
      "GET / HTTP/1.1",
      `Host: 127.0.0.1:${port}`,
      "Upgrade: websocket",
      "Connection: Upgrade",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
      "\r\n",
    ].join("\r\n"),
  );
  await once(socket, "data");
  return socket;
}
