import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { Lane } from "../../lib/client/burst";
import { unmasked } from "./masked-frame";

/** What leaves it, and in which pieces. */
class Pieces extends Writable {
  readonly pieces: string[] = [];
  /** Of a kernel that takes nothing: what would let it go on. */
  readonly stuck: (() => void)[] = [];
  readonly #isStuck: boolean;

  constructor(isStuck = false) {
    super();
    this.#isStuck = isStuck;
  }

  override _write(chunk: Buffer, _: unknown, done: () => void): void {
    this.#take([chunk], done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    this.#take(
      chunks.map(({ chunk }) => chunk),
      done,
    );
  }

  #take(chunks: Buffer[], done: () => void): void {
    const take = (): void => {
      this.pieces.push(chunks.map(wordsOf).join("+"));
      done();
    };
    if (this.#isStuck) this.stuck.push(take);
    else take();
  }
}

/** The samples of a frame of audio, as text; of anything else what it is. */
function wordsOf(chunk: Buffer): string {
  if (chunk[0] !== 0x81) return chunk.toString();
  const { audio } = JSON.parse(unmasked(chunk).text) as { audio: string };
  return Buffer.from(audio, "base64").toString();
}

const tick = (): Promise<void> => new Promise((done) => setImmediate(done));

describe("Lane", () => {
  it("lets all that is sent in a tick leave at its end, each stream's in one piece and in its order", async () => {
    const [one, other] = [new Pieces(), new Pieces()];
    const lanes = [new Lane(one), new Lane(other)] as const;
    lanes[0].sendAudio(Buffer.from("a"));
    lanes[1].sendAudio(Buffer.from("x"));
    lanes[1].sendAudio(Buffer.from("y"));
    assert.deepEqual([one.pieces, other.pieces], [[], []]);
    await tick();
    assert.deepEqual([one.pieces, other.pieces], [["a"], ["x+y"]]);
    assert.deepEqual(
      [one, other].map((each) => each.writableCorked),
      [0, 0],
    );
  });

  it("keeps the order of audio and of what is written to the stream", async () => {
    const stream = new Pieces();
    const lane = new Lane(stream);
    lane.sendAudio(Buffer.from("a"));
    lane.expectWrites();
    stream.write("text");
    lane.sendAudio(Buffer.from("b"));
    lane.expectWrites();
    stream.write("more");
    await tick();
    assert.deepEqual(stream.pieces.join("+"), "a+text+b+more");
  });

  it("sends what a tick holds no room for, and the rest at its end", async () => {
    const stream = new Pieces();
    const lane = new Lane(stream);
    const words = Array.from({ length: 100 }, (_, i) => `${i}`.padEnd(2_000));
    for (const word of words) lane.sendAudio(Buffer.from(word));
    await tick();
    assert.deepEqual(stream.pieces.join("+").split("+"), words);
  });

  it("leaves what the kernel has not taken as it is, whatever is sent after it", async () => {
    const stream = new Pieces(true);
    const lane = new Lane(stream);
    const words = ["first", "second", "third"];
    for (const word of words) {
      lane.sendAudio(Buffer.from(word));
      await tick();
    }
    assert.ok(lane.bufferedBytes > 0);
    while (stream.stuck.length > 0) {
      stream.stuck.shift()?.();
      await tick();
    }
    assert.deepEqual(stream.pieces.join("+").split("+"), words);
    assert.equal(lane.bufferedBytes, 0);
  });

  it("leaves it as it is, also when others that are taken share its memory, more than fits in there", async () => {
    const [stuck, free] = [new Pieces(true), new Pieces()];
    const lanes = [new Lane(stuck), new Lane(free)] as const;
    const words = Array.from({ length: 200 }, (_, i) => `${i}`.padEnd(999));
    for (const word of words) {
      lanes[0].sendAudio(Buffer.from(word));
      await tick();
      lanes[1].sendAudio(Buffer.from(word));
      await tick();
    }
    while (stuck.stuck.length > 0) {
      stuck.stuck.shift()?.();
      await tick();
    }
    for (const { pieces } of [stuck, free])
      assert.deepEqual(pieces.join("+").split("+"), words);
  });

  it("writes nothing to a stream that was closed in the same tick", async () => {
    const stream = new Pieces();
    new Lane(stream).sendAudio(Buffer.from("a"));
    stream.destroy();
    await tick();
    assert.deepEqual(stream.pieces, []);
    assert.equal(stream.errored, null);
  });

  it("takes no audio behind its last word", async () => {
    const stream = new Pieces();
    const lane = new Lane(stream);
    lane.sendAudio(Buffer.from("a"));
    lane.end();
    stream.write(Buffer.from("bye"));
    lane.sendAudio(Buffer.from("b"));
    await tick();
    assert.deepEqual(stream.pieces.join("+"), "a+bye");
  });
});
