import assert from "node:assert/strict";
import { FrameFilter } from "../../lib/client/frame-filter";
import { Random } from "../protocol/random";

/** A frame of a server (RFC 6455 §5.2), unmasked. */
function frame(first: number, payload: Buffer): Buffer {
  const { length } = payload;
  if (length < 126)
    return Buffer.concat([Buffer.from([first, length]), payload]);
  const head = Buffer.alloc(length < 2 ** 16 ? 4 : 10);
  head[0] = first;
  head[1] = length < 2 ** 16 ? 126 : 127;
  if (head.length === 4) head.writeUInt16BE(length, 2);
  else head.writeUInt32BE(length, 6);
  return Buffer.concat([head, payload]);
}

const TEXT = 0x81;
const BEGUN_TEXT = 0x01;
const CONTINUED = 0x00;
const LAST = 0x80;
const BINARY = 0x82;
const PING = 0x89;

interface Filtered {
  /** What the WebSocket was given. */
  readonly passed: Buffer;
  readonly taken: string[];
  /** Both, in the order in which they were handed on. */
  readonly order: string[];
}

function filter(
  chunks: readonly Buffer[],
  takes: (text: string) => boolean,
): Filtered {
  const passed: Buffer[] = [];
  const taken: string[] = [];
  const order: string[] = [];
  const filtering = new FrameFilter({
    take: (payload) => {
      const text = payload.toString("latin1");
      if (!takes(text)) return false;
      taken.push(text);
      order.push(text);
      return true;
    },
    pass: (bytes) => {
      passed.push(bytes);
      order.push(...bytes.toString("latin1").split(""));
    },
  });
  for (const chunk of chunks) filtering.push(chunk);
  return { passed: Buffer.concat(passed), taken, order };
}

const text = (words: string): Buffer => frame(TEXT, Buffer.from(words));
const isAudio = (words: string): boolean => words.startsWith("audio");

describe("FrameFilter", () => {
  it("keeps a frame that is taken from the WebSocket, and passes on all others", () => {
    const chunk = Buffer.concat([
      text("one"),
      text("audio 1"),
      text("audio 2"),
      frame(PING, Buffer.from("p")),
      text("audio 3"),
      text("two"),
    ]);
    const { passed, taken, order } = filter([chunk], isAudio);
    assert.deepEqual(taken, ["audio 1", "audio 2", "audio 3"]);
    const rest = [text("one"), frame(PING, Buffer.from("p")), text("two")];
    assert.deepEqual(passed, Buffer.concat(rest));
    assert.ok(order.indexOf("o") < order.indexOf("audio 1"));
    assert.ok(order.indexOf("audio 2") < order.indexOf("p"));
    assert.ok(order.indexOf("p") < order.indexOf("audio 3"));
  });

  it("takes frames with lengths of each size", () => {
    for (const length of [0, 125, 126, 65_535, 65_536, 300_000]) {
      const payload = Buffer.alloc(length, "a");
      const { passed, taken } = filter([frame(TEXT, payload)], () => true);
      assert.deepEqual(taken, [payload.toString()]);
      assert.equal(passed.length, 0);
    }
  });

  it("offers nothing that is binary, masked, compressed, a fragment or a control frame", () => {
    const others = [
      frame(BINARY, Buffer.from("audio")),
      frame(0xc1, Buffer.from("audio")),
      Buffer.from([TEXT, 0x80, 1, 2, 3, 4]),
      frame(BEGUN_TEXT, Buffer.from("audio")),
      frame(PING, Buffer.from("audio")),
      frame(CONTINUED, Buffer.from("audio")),
      // Not allowed in the middle of a message: the WebSocket is to see it.
      text("audio"),
      frame(LAST | CONTINUED, Buffer.from("audio")),
    ];
    const chunk = Buffer.concat([...others, text("audio at last")]);
    const { passed, taken } = filter([chunk], () => true);
    assert.deepEqual(taken, ["audio at last"]);
    assert.deepEqual(passed, Buffer.concat(others));
  });

  it("passes on what came in pieces, and finds its place behind it, wherever the cuts are", () => {
    const random = new Random(20_261_126);
    let taken = 0;
    for (let round = 0; round < 2_000; round++) {
      const frames = Array.from({ length: 1 + random.below(12) }, () =>
        randomFrames(random),
      ).flat();
      const stream = Buffer.concat(frames);
      const chunks = cut(stream, random);
      const result = filter(chunks, isAudio);
      taken += result.taken.length;
      // Put back where they were taken from, they make the stream whole.
      let rest = result.passed;
      const left = [...result.taken];
      for (const each of frames) {
        const words = each.toString("latin1").slice(each.length < 128 ? 2 : 4);
        if (rest.subarray(0, each.length).equals(each) && left[0] !== words)
          rest = rest.subarray(each.length);
        else if (left[0] === words) left.shift();
        else assert.fail(`round ${round}: a frame is missing`);
      }
      assert.equal(rest.length, 0);
      assert.equal(left.length, 0);
    }
    assert.ok(taken > 2_000);
  });
});

let unique = 0;

/** One frame, or a message of several. */
function randomFrames(random: Random): Buffer[] {
  const words = Buffer.from(
    `${random.pick(["audio", "words"])} ${unique++} ${"x".repeat(random.below(300))}`,
  );
  switch (random.below(6)) {
    case 0:
      return [frame(PING, words.subarray(0, 100))];
    case 1:
      return [
        frame(BEGUN_TEXT, words),
        frame(PING, Buffer.from(`in between ${unique++}`)),
        frame(LAST | CONTINUED, Buffer.from(`the end ${unique++}`)),
      ];
    default:
      return [frame(TEXT, words)];
  }
}

function cut(stream: Buffer, random: Random): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < stream.length;) {
    const bytes = random.pick([1, 2, 3, 50, 400, 4_000]);
    chunks.push(stream.subarray(at, at + bytes));
    at += bytes;
  }
  return chunks;
}
