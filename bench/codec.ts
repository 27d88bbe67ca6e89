import { AppendQueue } from "../lib/client/append-frames";
import { FrameSlab } from "../lib/client/frame-slab";
import { AudioDeltaReader, parseServerFrame } from "../lib/protocol";
import { outcome, ratio, type Effort, type Outcome } from "./outcome";
import { deltaText, pcm } from "./sessions/frames";

/** Two ways to do the same, one of them with JSON. */
interface Codec {
  readonly name: string;
  readonly ours: () => unknown;
  readonly json: () => unknown;
}

const UP_MS = [20, 40, 100];
const DOWN_MS = [20, 100, 500];

/** Frames built and read, without a socket. */
export function measureCodec({ isQuick }: Effort): Outcome[] {
  const [rounds, frames] = isQuick ? [3, 10_000] : [7, 40_000];
  return [...UP_MS.map(encoder), ...DOWN_MS.map(decoder)].flatMap((codec) =>
    measure(codec, rounds, frames),
  );
}

function measure(
  { name, ours, json }: Codec,
  rounds: number,
  frames: number,
): Outcome[] {
  const [own, other]: [number[], number[]] = [[], []];
  for (let round = 0; round <= rounds; round++) {
    const [ownUs, otherUs] = [timeOf(ours, frames), timeOf(json, frames)];
    // The first round warms up.
    if (round === 0) continue;
    own.push(ownUs);
    other.push(otherUs);
  }
  return [outcome(name, "µs", own), ratio(`${name} ÷ JSON`, own, other)];
}

/** @returns processor time of one frame, µs */
function timeOf(work: () => unknown, frames: number): number {
  const before = process.cpuUsage();
  for (let i = 0; i < frames; i++) work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / frames;
}

/** Both give bytes for the socket, masked by us, not yet masked by JSON. */
function encoder(ms: number): Codec {
  const audio = pcm(ms);
  const queue = new AppendQueue();
  const slab = new FrameSlab();
  return {
    name: `codec: append of ${ms} ms`,
    ours: () => {
      queue.add(audio);
      slab.giveBack(slab.keep(queue.frame(0)));
      queue.clear();
    },
    json: () =>
      Buffer.from(
        JSON.stringify({
          type: "input_audio_buffer.append",
          audio: audio.toString("base64"),
        }),
      ),
  };
}

function notKnown(): never {
  throw new Error("A frame was not known by the one before");
}

/** All but the first of an item are read by comparison with the one before. */
function decoder(ms: number): Codec {
  const text = deltaText(ms);
  const reader = new AudioDeltaReader();
  const first = parseServerFrame(text);
  if (first.kind === "audio") reader.learn(text, first.event);
  return {
    name: `codec: delta of ${ms} ms`,
    ours: () => reader.read(text) ?? notKnown(),
    json: () => {
      const { delta } = JSON.parse(text.toString("utf8")) as { delta: string };
      return Buffer.from(delta, "base64");
    },
  };
}
