import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { TickCork } from "../../lib/client/tick-cork";

/** What leaves it, and in which pieces. */
class Pieces extends Writable {
  readonly pieces: string[] = [];

  override _write(chunk: Buffer, _: unknown, done: () => void): void {
    this.pieces.push(chunk.toString());
    done();
  }

  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    this.pieces.push(chunks.map(({ chunk }) => String(chunk)).join("+"));
    done();
  }
}

const tick = (): Promise<void> => new Promise((done) => setImmediate(done));

describe("TickCork", () => {
  it("lets the first write of a tick leave at once, and the others together at its end", async () => {
    const stream = new Pieces();
    const cork = new TickCork(stream);
    for (const word of ["a", "b", "c"]) {
      cork.beforeWrite();
      stream.write(word);
    }
    assert.deepEqual(stream.pieces, ["a"]);
    await tick();
    assert.deepEqual(stream.pieces, ["a", "b+c"]);
    cork.beforeWrite();
    stream.write("d");
    assert.deepEqual(stream.pieces, ["a", "b+c", "d"]);
  });

  it("keeps streams apart", async () => {
    const streams = [new Pieces(), new Pieces()];
    const corks = streams.map((stream) => new TickCork(stream));
    streams.forEach((stream, index) => {
      corks[index]?.beforeWrite();
      stream.write("x");
    });
    assert.deepEqual(
      streams.map(({ pieces }) => pieces),
      [["x"], ["x"]],
    );
    await tick();
    assert.ok(streams.every(({ writableCorked }) => writableCorked === 0));
  });
});
