import assert from "node:assert/strict";
import { PacedQueue, type PacedChunk } from "../../lib/audio/index";
import { noise, randomFrom } from "./signals";

const BYTES_PER_MS = 48;
const audio = (ms: number, value = 0): Buffer =>
  Buffer.alloc(ms * BYTES_PER_MS, value);
const queueOf = (leadMs = 200): PacedQueue<string> =>
  new PacedQueue<string>({ bytesPerMs: BYTES_PER_MS, chunkMs: 40, leadMs });
const totalMs = (chunks: readonly PacedChunk<unknown>[]): number =>
  chunks.reduce((sum, chunk) => sum + chunk.durationMs, 0);

describe("PacedQueue", () => {
  it("releases the lead at once and then one chunk each 40 ms", () => {
    const queue = queueOf();
    queue.push({ pcm: audio(1000), tag: "a" });
    const first = queue.due(5000);
    assert.deepEqual(
      first.chunks.map(({ startMs, durationMs, dueMs }) => [
        startMs,
        durationMs,
        dueMs,
      ]),
      [0, 40, 80, 120, 160].map((ms) => [ms, 40, 5000 + ms]),
    );
    assert.equal(first.nextMs, 5040);
    assert.deepEqual(queue.due(5039.9).chunks, []);
    assert.deepEqual(
      queue.due(5040).chunks.map(({ startMs, dueMs }) => [startMs, dueMs]),
      [[200, 5200]],
    );
    assert.equal(queue.queuedMs, 760);
  });

  it("gives back every byte in order and in own memory", () => {
    const random = randomFrom(3);
    const sent = noise(48 * 400, random);
    const queue = queueOf(1e6);
    const copy = Buffer.from(sent);
    queue.push({ pcm: copy.subarray(0, 1001), tag: "a" });
    queue.push({ pcm: copy.subarray(1001), tag: "a" });
    copy.fill(0);
    const { chunks } = queue.due(0);
    assert.equal(
      Buffer.concat(chunks.map((chunk) => chunk.pcm)).compare(sent),
      0,
    );
    assert.equal(new Set(chunks.map((chunk) => chunk.pcm.buffer)).size, 10);
  });

  it("does not drift: after 10 min with late wake-ups the deadlines are exact", () => {
    const random = randomFrom(4);
    const queue = new PacedQueue<string>({
      bytesPerMs: 88.2,
      chunkMs: 40,
      leadMs: 200,
    });
    let now = 1000.25;
    let released = 0;
    for (let i = 0; i < 15_000; i += 1) {
      queue.push({ pcm: Buffer.alloc(3528), tag: "a" });
      if (i < 20) continue;
      const { chunks, nextMs } = queue.due(now);
      for (const chunk of chunks) {
        assert.ok(Math.abs(chunk.startMs - released * 40) < 1e-6);
        assert.ok(Math.abs(chunk.dueMs - (1000.25 + released * 40)) < 1e-6);
        released += 1;
      }
      assert.ok(nextMs !== undefined);
      now = nextMs + random() * 15;
    }
    assert.ok(released > 14_900);
    assert.equal(queue.underruns, 0);
  });

  it("keeps the device between 145 and 200 ms ahead with wake-ups up to 15 ms late", () => {
    const random = randomFrom(5);
    const queue = queueOf();
    queue.push({ pcm: audio(60_000), tag: "a" });
    let sentMs = 0;
    for (let now: number | undefined = 0; now !== undefined;) {
      const aheadBefore = sentMs - now;
      const { chunks, nextMs } = queue.due(now);
      sentMs += totalMs(chunks);
      assert.ok(now === 0 || aheadBefore >= 145, `${aheadBefore} ms at ${now}`);
      assert.ok(sentMs - now <= 200 + 1e-9, `${sentMs - now} ms at ${now}`);
      now = nextMs === undefined ? undefined : nextMs + random() * 15;
    }
    assert.equal(sentMs, 60_000);
  });

  it("releases everything that is due after a late wake-up", () => {
    const queue = queueOf();
    queue.push({ pcm: audio(1000), tag: "a" });
    queue.due(0);
    const { chunks, nextMs } = queue.due(170);
    assert.equal(totalMs(chunks), 160);
    assert.equal(nextMs, 200);
    assert.equal(queue.underruns, 0);
  });

  it("starts anew from now when a wake-up comes after the device has run dry", () => {
    const queue = queueOf();
    queue.push({ pcm: audio(1000), tag: "a" });
    queue.due(0);
    const { chunks } = queue.due(500);
    assert.equal(totalMs(chunks), 200);
    assert.deepEqual([chunks[0]?.dueMs, chunks[0]?.startMs], [500, 200]);
    assert.equal(queue.underruns, 1);
  });

  it("holds an incomplete chunk until more comes or the reply ends", () => {
    const queue = queueOf();
    queue.push({ pcm: audio(50), tag: "a" });
    assert.equal(totalMs(queue.due(0).chunks), 40);
    assert.deepEqual(queue.due(10), { chunks: [], nextMs: undefined });
    assert.equal(queue.queuedMs, 10);
    queue.end();
    assert.deepEqual(
      queue
        .due(10)
        .chunks.map(({ startMs, durationMs, dueMs }) => [
          startMs,
          durationMs,
          dueMs,
        ]),
      [[40, 10, 40]],
    );
    assert.deepEqual([queue.queuedMs, queue.playoutEndMs], [0, 50]);
  });

  it("never mixes two tags in a chunk and plays them without a gap", () => {
    const queue = queueOf();
    queue.push({ pcm: audio(50, 1), tag: "a" });
    queue.push({ pcm: audio(60, 2), tag: "b" });
    queue.end();
    assert.deepEqual(
      queue
        .due(0)
        .chunks.map(({ pcm, tag, startMs, durationMs, dueMs }) => [
          tag,
          new Set(pcm).size,
          startMs,
          durationMs,
          dueMs,
        ]),
      [
        ["a", 1, 0, 40, 0],
        ["a", 1, 40, 10, 40],
        ["b", 1, 0, 40, 50],
        ["b", 1, 40, 20, 90],
      ],
    );
  });

  it("ends only the tag it is told", () => {
    const queue = queueOf();
    queue.push({ pcm: audio(10), tag: "b" });
    queue.end("a");
    assert.equal(queue.due(0).chunks.length, 0);
    queue.end("b");
    assert.equal(queue.due(0).chunks.length, 1);
  });

  it("counts an underrun when audio comes too late in the middle of a reply, and plays it from now", () => {
    const queue = queueOf();
    queue.push({ pcm: audio(80), tag: "a" });
    queue.due(0);
    queue.push({ pcm: audio(80), tag: "a" });
    const { chunks } = queue.due(130);
    assert.deepEqual(
      chunks.map(({ startMs, dueMs }) => [startMs, dueMs]),
      [
        [80, 130],
        [120, 170],
      ],
    );
    assert.equal(queue.underruns, 1);
  });

  it("counts no underrun when audio comes while the last released still plays", () => {
    const queue = queueOf();
    queue.push({ pcm: audio(80), tag: "a" });
    queue.due(0);
    queue.push({ pcm: audio(80), tag: "a" });
    assert.deepEqual(
      queue.due(80).chunks.map(({ dueMs }) => dueMs),
      [80, 120],
    );
    assert.equal(queue.underruns, 0);
  });

  it("counts no underrun between replies, however late the end is told", () => {
    const queue = queueOf();
    queue.push({ pcm: audio(80), tag: "a" });
    queue.end();
    queue.due(0);
    queue.push({ pcm: audio(80), tag: "b" });
    assert.equal(queue.due(1000).chunks[0]?.dueMs, 1000);
    queue.end();
    queue.push({ pcm: audio(80), tag: "c" });
    queue.due(3000);
    assert.equal(queue.underruns, 0);
  });

  it("drops everything on flush, says how much, and starts anew", () => {
    const queue = queueOf();
    queue.push({ pcm: audio(1010), tag: "a" });
    queue.due(0);
    assert.equal(queue.flush(), 810);
    assert.deepEqual(queue.due(100), { chunks: [], nextMs: undefined });
    assert.deepEqual([queue.queuedMs, queue.playoutEndMs], [0, undefined]);
    queue.push({ pcm: audio(40), tag: "b" });
    assert.deepEqual(
      queue
        .due(110)
        .chunks.map(({ tag, startMs, dueMs }) => [tag, startMs, dueMs]),
      [["b", 0, 110]],
    );
    assert.equal(queue.underruns, 0);
  });

  it("counts the position inside a tag on over a flush", () => {
    const queue = queueOf();
    queue.push({ pcm: audio(90), tag: "a" });
    queue.flush();
    queue.push({ pcm: audio(40), tag: "a" });
    assert.equal(queue.due(0).chunks[0]?.startMs, 90);
  });

  it("cuts 11,025 Hz, whose 20 ms are half a sample too long, at whole samples and at the right times", () => {
    const queue = new PacedQueue<string>({
      bytesPerMs: 22.05,
      chunkMs: 20,
      leadMs: 1e6,
    });
    queue.push({ pcm: Buffer.alloc(22050), tag: "a" });
    queue.end();
    const { chunks } = queue.due(0);
    assert.ok(chunks.every(({ pcm }) => pcm.length % 2 === 0));
    chunks.reduce((at, chunk) => {
      assert.equal(chunk.startMs, at / 22.05);
      assert.equal(chunk.dueMs, at / 22.05);
      return at + chunk.pcm.length;
    }, 0);
    assert.equal(queue.playoutEndMs, 1000);
  });

  it("gives a device without a lead each chunk when it plays", () => {
    const queue = queueOf(0);
    queue.push({ pcm: audio(200), tag: "a" });
    const { chunks, nextMs } = queue.due(0);
    assert.deepEqual([chunks.length, nextMs], [1, 40]);
  });

  it("refuses options that make no sense", () => {
    const options = { bytesPerMs: 48, chunkMs: 40, leadMs: 200 };
    for (const wrong of [
      { bytesPerMs: 0 },
      { chunkMs: NaN },
      { chunkMs: 0.01 },
      { leadMs: -1 },
      { blockBytes: 0 },
    ]) {
      assert.throws(
        () => new PacedQueue({ ...options, ...wrong }),
        RangeError,
        JSON.stringify(wrong),
      );
    }
  });
});
