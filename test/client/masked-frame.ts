import assert from "node:assert/strict";
import { AppendQueue, ownAppendFrame } from "../../lib/client/append-frames";

const queue = new AppendQueue();

/** One frame of audio, in memory of its own. */
export function builtFrame(audio: Buffer): Buffer {
  queue.clear();
  return Buffer.from(queue.add(audio) ? queue.frame(0) : ownAppendFrame(audio));
}

/** Reads a frame as RFC 6455 §5.2 describes it. */
export function unmasked(frame: Buffer): {
  opcode: number;
  mask: string;
  text: string;
} {
  const short = (frame[1] ?? 0) & 0x7f;
  const [at, length] =
    short === 127
      ? [10, Number(frame.readBigUInt64BE(2))]
      : short === 126
        ? [4, frame.readUInt16BE(2)]
        : [2, short];
  const mask = frame.subarray(at, at + 4);
  const body = frame.subarray(at + 4);
  assert.equal((frame[1] ?? 0) & 0x80, 0x80, "masked");
  assert.equal(body.length, length, "length");
  const text = Buffer.from(body.map((byte, i) => byte ^ (mask[i % 4] ?? 0)));
  return {
    opcode: frame[0] ?? 0,
    mask: mask.toString("hex"),
    text: text.toString(),
  };
}
