import assert from "node:assert/strict";
import { Writable } from "node:stream";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
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

/** To the end of a tick, within a pass of the event loop. */
const tick = (): Promise<void> => new Promise((done) => process.nextTick(done));

/** To the next pass, when all of this one has left. */
async function pass(): Promise<void> {
  await tick();
  await new Promise((done) => setImmediate(done));
}

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

  describe("in one pass of the event loop", () => {
    let one: Pieces;
    let other: Pieces;
    let lanes: readonly [Lane, Lane];

    /** Each word in a tick of its own. */
    async function say(lane: Lane, ...words: string[]): Promise<void> {
      for (const word of words) {
        lane.sendAudio(Buffer.from(word));
        await tick();
      }
    }

    beforeEach(async () => {
      await pass();
      [one, other] = [new Pieces(), new Pieces()];
      lanes = [new Lane(one), new Lane(other)];
    });

    it("lets what piles up leave at its end, each stream's in one piece", async () => {
      for (const word of ["1", "2", "3"]) {
        await say(lanes[0], `a${word}`);
        await say(lanes[1], `x${word}`);
      }
      assert.deepEqual([one.pieces, other.pieces], [["a1"], ["x1"]]);
      await pass();
      assert.deepEqual(one.pieces, ["a1", "a2+a3"]);
      assert.deepEqual(other.pieces, ["x1", "x2+x3"]);
    });

    it("does not let a first frame of the next pass wait", async () => {
      await say(lanes[0], "a", "b");
      await pass();
      await say(lanes[0], "c");
      assert.deepEqual(one.pieces, ["a", "b", "c"]);
    });

    it("lets frames of one tick leave together, though there are many", async () => {
      for (const word of ["a", "b", "c"]) lanes[0].sendAudio(Buffer.from(word));
      await tick();
      assert.deepEqual(one.pieces, ["a+b+c"]);
    });

    it("lets words leave with the tick, behind what has piled up before them and nothing else", async () => {
      await say(lanes[0], "a", "b");
      await say(lanes[1], "x", "y");
      lanes[0].expectWrites();
      one.write("text");
      lanes[0].sendAudio(Buffer.from("c"));
      lanes[0].expectWrites();
      one.write("more");
      await tick();
      assert.deepEqual(one.pieces, ["a", "b+text+c+more"]);
      assert.deepEqual(other.pieces, ["x"]);
      await pass();
      assert.deepEqual(other.pieces, ["x", "y"]);
    });

    it("keeps the order where another's words hurry what is behind the pile", async () => {
      await say(lanes[0], "a", "b");
      lanes[0].sendAudio(Buffer.from("c"));
      lanes[1].expectWrites();
      other.write("text");
      await pass();
      assert.deepEqual(one.pieces.join("+"), "a+b+c");
      assert.deepEqual(other.pieces, ["text"]);
    });

    it("lets the event loop sleep unless something has piled up", async () => {
      const awaited = (): boolean =>
        process.getActiveResourcesInfo().includes("Immediate");
      await say(lanes[0], "a");
      assert.equal(awaited(), false);
      await say(lanes[0], "b");
      assert.equal(awaited(), true);
      await pass();
      assert.equal(awaited(), false);
    });

    it("lets what has piled up leave before its last word", async () => {
      await say(lanes[0], "a", "b");
      lanes[0].end();
      one.write("bye");
      await say(lanes[0], "c");
      await pass();
      assert.deepEqual(one.pieces, ["a", "b+bye"]);
    });

    it("forgets what has piled up for a stream that is closed, and no other's", async () => {
      await say(lanes[0], "a", "b");
      await say(lanes[1], "x", "y");
      one.destroy();
      await say(lanes[0], "c");
      await pass();
      assert.deepEqual([one.pieces, other.pieces], [["a"], ["x", "y"]]);
      assert.equal(one.errored, null);
    });

    it("sends what is too long for the queue behind what has piled up, and counts the pass", async () => {
      const long = "c".padEnd(70 * 1024);
      await say(lanes[0], "a", "b", long);
      assert.deepEqual(one.pieces, ["a", "b", long]);
      await pass();
      await say(lanes[1], long);
      await pass();
      await say(lanes[1], "x");
      assert.deepEqual(other.pieces, [long, "x"]);
    });

    it("does not let 64 KiB wait", async () => {
      const long = "b".padEnd(40 * 1024);
      await say(lanes[0], "a", long);
      assert.deepEqual(one.pieces, ["a"]);
      await say(lanes[0], long);
      assert.deepEqual(one.pieces, ["a", `${long}+${long}`]);
    });
  });

  describe("when the event loop is late", () => {
    let clock: Clock;

    beforeEach(() => (clock = FakeTimers.install({ toFake: ["performance"] })));
    afterEach(() => clock.uninstall());

    /** Two microphones speak by turns. */
    async function pileUp(passMs: number): Promise<readonly string[][]> {
      const [one, other] = [new Pieces(), new Pieces()];
      const lanes = [new Lane(one), new Lane(other)] as const;
      lanes[0].source = { longestFrameBytes: 6, wireIsFull: () => {} };
      for (const word of ["1_", "2_", "3_", "4_", "5_", "6_"])
        for (const [at, lane] of lanes.entries()) {
          lane.sendAudio(Buffer.from("ax"[at] + word));
          await tick();
        }
      clock.tick(passMs);
      await pass();
      return [one.pieces, other.pieces];
    }

    it("joins frames that have piled up, to as long ones as there may be", async () => {
      assert.deepEqual(await pileUp(40), [
        ["a1_", "a2_a3_+a4_a5_+a6_"],
        ["x1_", "x2_+x3_+x4_+x5_+x6_"],
      ]);
    });

    it("leaves them as they are when they have not waited for long", async () => {
      assert.deepEqual(await pileUp(39), [
        ["a1_", "a2_+a3_+a4_+a5_+a6_"],
        ["x1_", "x2_+x3_+x4_+x5_+x6_"],
      ]);
    });
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
    await pass();
    assert.deepEqual(stream.pieces.join("+"), "a+text+b+more");
  });

  it("sends what a tick holds no room for, and the rest when the pass ends", async () => {
    const stream = new Pieces();
    const lane = new Lane(stream);
    const words = Array.from({ length: 100 }, (_, i) => `${i}`.padEnd(2_000));
    for (const word of words) lane.sendAudio(Buffer.from(word));
    await pass();
    assert.deepEqual(stream.pieces.join("+").split("+"), words);
  });

  it("leaves what the kernel has not taken as it is, whatever is sent after it", async () => {
    const stream = new Pieces(true);
    const lane = new Lane(stream);
    const words = ["first", "second", "third"];
    for (const word of words) {
      lane.sendAudio(Buffer.from(word));
      await pass();
    }
    assert.ok(lane.bufferedBytes > 0);
    while (stream.stuck.length > 0) {
      stream.stuck.shift()?.();
      await pass();
    }
    assert.deepEqual(stream.pieces.join("+").split("+"), words);
    assert.equal(lane.bufferedBytes, 0);
  });

  it("tells where its audio comes from, once 64 KiB wait that the kernel has not taken", async () => {
    const lane = new Lane(new Pieces(true));
    let told = 0;
    lane.source = { longestFrameBytes: 0, wireIsFull: () => told++ };
    const thousand = Buffer.alloc(1_000);
    while (lane.bufferedBytes < 62 * 1024) {
      assert.equal(told, 0);
      lane.sendAudio(thousand);
      await pass();
    }
    lane.sendAudio(thousand);
    lane.sendAudio(thousand);
    await pass();
    assert.ok(told > 0);
  });

  it("leaves it as it is, also when others that are taken share its memory, more than fits in there", async () => {
    const [stuck, free] = [new Pieces(true), new Pieces()];
    const lanes = [new Lane(stuck), new Lane(free)] as const;
    const words = Array.from({ length: 200 }, (_, i) => `${i}`.padEnd(999));
    for (const word of words) {
      lanes[0].sendAudio(Buffer.from(word));
      await pass();
      lanes[1].sendAudio(Buffer.from(word));
      await pass();
    }
    while (stuck.stuck.length > 0) {
      stuck.stuck.shift()?.();
      await pass();
    }
    for (const { pieces } of [stuck, free])
      assert.deepEqual(pieces.join("+").split("+"), words);
  });

  it("writes nothing to a stream that was closed in the same tick", async () => {
    const stream = new Pieces();
    new Lane(stream).sendAudio(Buffer.from("a"));
    stream.destroy();
    await pass();
    assert.deepEqual(stream.pieces, []);
    assert.equal(stream.errored, null);
  });

  it("takes no audio behind its last word, which does not wait for the pass to end", async () => {
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
