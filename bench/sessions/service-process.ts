import { createHash } from "node:crypto";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { performance } from "node:perf_hooks";
import { deltaFrame, serverFrame } from "./frames";
import { FrameReader } from "./frame-reader";
import { DELTA_MS } from "./microphones";

// Started by `SessionService`. Does as little as it can: what it sends is made beforehand, of what it receives only the heads of
// frames are read.

/** What it is told. */
export type ServiceOrder =
  /** Deltas for everyone: at their time, ahead of it, one for so many frames of a caller, or none. */
  | {
      readonly type: "talk";
      readonly pace: "real-time" | "ahead" | "none";
    }
  | {
      readonly type: "talk";
      readonly pace: "acknowledged";
      readonly framesPerDelta: number;
    }
  | { readonly type: "interrupt" }
  | { readonly type: "counts" };

/** What there has been since it was asked last. */
export interface Counts {
  /** Callers that have their settings. */
  readonly callers: number;
  readonly frames: number;
  readonly deltas: number;
}

const ACCEPT_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
/** Settings and other words of a client are short beside audio. */
const WORDS_BYTES = 1_100;

const DELTA = deltaFrame(DELTA_MS);
const CREATED = serverFrame({
  type: "session.created",
  session: { id: "sess_bench" },
});
const updated = (turn_detection: object | null): Buffer =>
  serverFrame({
    type: "session.updated",
    session: { id: "sess_bench", turn_detection },
  });
const IN_MANUAL_TURNS = updated(null);
const WITH_DETECTION = updated({ type: "server_vad" });

const INTERRUPTION = [
  {
    type: "input_audio_buffer.speech_started",
    audio_start_ms: 0,
    item_id: "item_user",
  },
  {
    type: "input_audio_buffer.speech_stopped",
    audio_end_ms: 0,
    item_id: "item_user",
  },
].map(serverFrame);
/** Within a second, so that each is alone with its interruption. */
const INTERRUPT_WITHIN_MS = 1_000;
/** The service speaks faster than real time (protocol.md §11): more of a reply than any device is given ahead. */
const AHEAD_MS = 1_000;
/** Replies that are ahead begin within a second, not all at once. */
const BEGIN_WITHIN_MS = 1_000;
const PONG = Buffer.from([0x8a, 0]);
const CLOSE = Buffer.from([0x88, 0]);

/** One client: its socket, and when its next delta is due. */
interface Caller {
  readonly socket: Socket;
  dueAt: number;
  /** What it still gets ahead of its time. */
  aheadMs: number;
  /** It has sent its settings. */
  isReady: boolean;
  /** Frames it still has to send for its next delta; may be a fraction. */
  framesToDelta: number;
}

const callers = new Set<Caller>();
let [frames, deltas] = [0, 0];
let timer: NodeJS.Timeout | undefined;
let framesPerDelta = Infinity;

const server = createServer({ noDelay: true }, (socket) => {
  let head = "";
  socket.on("error", () => socket.destroy());
  const onHead = (data: Buffer): void => {
    head += data.toString("latin1");
    if (!head.includes("\r\n\r\n")) return;
    socket.off("data", onHead);
    socket.write(answerTo(head));
    socket.write(CREATED);
    serve(socket);
  };
  socket.on("data", onHead);
});

function answerTo(head: string): string {
  const key = /^sec-websocket-key: *(.+)$/im.exec(head)?.[1]?.trim() ?? "";
  const protocol = /^sec-websocket-protocol: *([^,\r]+)/im.exec(head)?.[1];
  const accept = createHash("sha1")
    .update(key + ACCEPT_GUID)
    .digest("base64");
  return [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${accept}`,
    ...(protocol ? [`Sec-WebSocket-Protocol: ${protocol}`] : []),
    "\r\n",
  ].join("\r\n");
}

function serve(socket: Socket): void {
  const caller: Caller = {
    socket,
    dueAt: 0,
    aheadMs: 0,
    isReady: false,
    framesToDelta: Infinity,
  };
  const reader = new FrameReader(WORDS_BYTES, {
    audio: () => {
      frames++;
      caller.framesToDelta--;
      for (; caller.framesToDelta <= 0; caller.framesToDelta += framesPerDelta)
        sendDelta(caller);
    },
    words: (text) => {
      if (!text.includes("session.update")) return;
      const isManual = text.includes('"turn_detection":null');
      socket.write(isManual ? IN_MANUAL_TURNS : WITH_DETECTION);
      caller.isReady = true;
    },
    ping: () => socket.write(PONG),
    close: () => socket.end(CLOSE),
  });
  callers.add(caller);
  socket.on("data", (data) => reader.push(data));
  socket.on("close", () => callers.delete(caller));
}

function talk(order: Extract<ServiceOrder, { type: "talk" }>): void {
  clearTimeout(timer);
  framesPerDelta =
    order.pace === "acknowledged" ? order.framesPerDelta : Infinity;
  for (const caller of callers) caller.framesToDelta = framesPerDelta;
  if (order.pace === "real-time") beginWithin(DELTA_MS, 0);
  if (order.pace === "ahead") beginWithin(BEGIN_WITHIN_MS, AHEAD_MS);
}

/** Each caller gets ten deltas a second, and at its beginning those of `aheadMs`; the beginnings are spread evenly over `ms`. */
function beginWithin(ms: number, aheadMs: number): void {
  const now = performance.now();
  let index = 0;
  for (const caller of callers) {
    caller.dueAt = now + (ms * index++) / callers.size;
    caller.aheadMs = aheadMs;
  }
  sendDue();
}

function sendDue(): void {
  const now = performance.now();
  let nextAt = now + DELTA_MS;
  for (const caller of callers) {
    for (; caller.dueAt <= now; caller.dueAt += DELTA_MS) {
      sendDelta(caller);
      for (; caller.aheadMs > 0; caller.aheadMs -= DELTA_MS) sendDelta(caller);
    }
    nextAt = Math.min(nextAt, caller.dueAt);
  }
  timer = setTimeout(sendDue, Math.max(1, nextAt - performance.now()));
}

function sendDelta({ socket }: Caller): void {
  socket.write(DELTA);
  deltas++;
}

/** A user speaks, and is quiet again. */
async function interrupt(): Promise<void> {
  const all = [...callers];
  const pauseMs = INTERRUPT_WITHIN_MS / all.length;
  for (const { socket } of all) {
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    for (const frame of INTERRUPTION) socket.write(frame);
  }
}

function counts(): Counts {
  const ready = [...callers].filter(({ isReady }) => isReady).length;
  const found = { callers: ready, frames, deltas };
  [frames, deltas] = [0, 0];
  return found;
}

async function obey(order: ServiceOrder): Promise<unknown> {
  switch (order.type) {
    case "talk":
      return talk(order);
    case "interrupt":
      return await interrupt();
    case "counts":
      return counts();
  }
}

process.on("message", (order: ServiceOrder) => {
  obey(order).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.on("disconnect", () => process.exit(0));
server.listen(0, "127.0.0.1", () =>
  process.send?.((server.address() as AddressInfo).port),
);
