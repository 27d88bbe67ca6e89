import type { AddressInfo } from "node:net";
import { WebSocketServer, type WebSocket } from "ws";
import type { Script } from "./service";

// Started by `Service`. Does as little as it can: what it sends is made beforehand, what it receives is not parsed.

const RESPONSE = {
  id: "resp_bench",
  object: "realtime.response",
  status: "in_progress",
  output: [],
};
const ITEM = {
  id: "item_bench",
  object: "realtime.item",
  type: "message",
  role: "assistant",
  status: "in_progress",
  content: [],
};
const AT = {
  response_id: RESPONSE.id,
  item_id: ITEM.id,
  output_index: 0,
  content_index: 0,
};
const PART = { type: "audio", transcript: "" };

const ACK = frame({ type: "input_audio_buffer.cleared" });
const BEGIN = [
  { type: "response.created", response: RESPONSE },
  {
    type: "response.output_item.added",
    response_id: RESPONSE.id,
    output_index: 0,
    item: ITEM,
  },
  { type: "response.content_part.added", ...AT, part: PART },
].map(frame);
const WORDS = frame({
  type: "response.audio_transcript.delta",
  ...AT,
  delta: "some words ",
});
const END = [
  { type: "response.audio.done", ...AT },
  { type: "response.audio_transcript.done", ...AT, transcript: "" },
  { type: "response.content_part.done", ...AT, part: PART },
  {
    type: "response.output_item.done",
    response_id: RESPONSE.id,
    output_index: 0,
    item: { ...ITEM, status: "completed" },
  },
  { type: "response.done", response: { ...RESPONSE, status: "completed" } },
].map(frame);

/** Bytes of a frame in which its type stands, whoever wrote it. */
const HEAD_BYTES = 120;
/** Two-way talk is made of replies of ten seconds or so. */
const ACKS_PER_REPLY = 50;

let script: Script = {
  appendsPerAck: 1,
  deltasPerReply: 0,
  deltasPerAck: 0,
  deltaMs: 100,
};

const server = new WebSocketServer({
  host: "127.0.0.1",
  port: 0,
  perMessageDeflate: false,
  maxPayload: 2 ** 24,
});
server.on("listening", () =>
  process.send?.((server.address() as AddressInfo).port),
);
server.on("connection", (socket) => serve(socket, script));
process.on("message", (next: Script) => {
  script = next;
  process.send?.("ready");
});
process.on("disconnect", () => process.exit(0));

function serve(
  socket: WebSocket,
  { appendsPerAck, deltasPerReply, deltasPerAck, deltaMs }: Script,
): void {
  const delta = audioDelta(deltaMs);
  let [appends, acks] = [0, 0];
  const send = (frames: readonly string[]): void =>
    frames.forEach((each) => socket.send(each));
  const acknowledge = (): void => {
    if (deltasPerAck > 0 && acks % ACKS_PER_REPLY === 0) send(BEGIN);
    for (let i = 0; i < deltasPerAck; i++) send([delta]);
    if (deltasPerAck > 0) send([WORDS]);
    if (deltasPerAck > 0 && ++acks % ACKS_PER_REPLY === 0) send(END);
    send([ACK]);
  };
  send([frame({ type: "session.created", session: { id: "sess_bench" } })]);
  socket.on("message", (data: Buffer) => {
    const head = data.toString("latin1", 0, HEAD_BYTES);
    if (head.includes("input_audio_buffer.append")) {
      if (++appends % appendsPerAck === 0) acknowledge();
    } else if (head.includes("session.update")) {
      send([
        frame({
          type: "session.updated",
          session: { id: "sess_bench", turn_detection: null },
        }),
      ]);
    } else if (head.includes("response.create")) {
      send([
        ...BEGIN,
        ...Array.from({ length: deltasPerReply }, () => delta),
        ...END,
      ]);
    }
  });
}

function audioDelta(ms: number): string {
  const pcm = Buffer.from(
    Int16Array.from({ length: 24 * ms }, (_, i) => 9_000 * Math.sin(i / 7))
      .buffer,
  );
  return frame({
    type: "response.audio.delta",
    ...AT,
    delta: pcm.toString("base64"),
  });
}

function frame(event: object): string {
  return JSON.stringify({ event_id: "event_bench", ...event });
}
