import assert from "node:assert/strict";
import { PageStreams, type ReplyPlace } from "../../lib/talk/page-streams";

const RATE = 24_000;
const place = (
  startMs: number,
  more: Partial<ReplyPlace> = {},
): ReplyPlace => ({
  conversation: "c",
  generation: 3,
  responseId: "r",
  itemId: "i",
  startMs,
  ...more,
});
const sound = (ms: number, where?: ReplyPlace, rate = RATE) => ({
  pcm: Buffer.alloc((ms * rate) / 500, 1),
  rate,
  place: where,
});

describe("PageStreams", () => {
  it("numbers the frames of a stream, and announces it once", () => {
    const streams = new PageStreams();
    const first = streams.frame(sound(40, place(0)), 7);
    assert.deepEqual(first.begin, {
      type: "audio",
      stream: 1,
      rate: RATE,
      generation: 7,
      itemId: "i",
    });
    assert.equal(first.frame.toString("hex", 0, 6), "010000000101");
    assert.equal(first.frame.length, 4 + 1_920);
    assert.equal(streams.frame(sound(40, place(40)), 7).begin, undefined);
  });

  for (const [what, next] of [
    ["another item", sound(40, place(40, { itemId: "j" }))],
    ["another reply", sound(40, place(40, { responseId: "s" }))],
    ["a gap", sound(40, place(80))],
    ["another rate", sound(40, place(40), 16_000)],
    ["sound of no reply", sound(40)],
  ] as const)
    it(`begins a stream for ${what}`, () => {
      const streams = new PageStreams();
      streams.frame(sound(40, place(0)), 1);
      assert.equal(streams.frame(next, 1).begin?.stream, 2);
    });

  it("knows where in the reply a page is, also after a gap, but not beyond what was sent", () => {
    const streams = new PageStreams();
    streams.frame(sound(40, place(0)), 1);
    streams.frame(sound(40, place(1_000)), 1);
    const at = (stream: number, samples: number): number | undefined =>
      streams.position(stream, samples)?.playedMs;
    assert.deepEqual(
      [at(1, 480), at(2, 0), at(2, 480), at(2, 99_999)],
      [20, 1_000, 1_020, 1_040],
    );
    assert.deepEqual(streams.position(1, 0), {
      conversation: "c",
      generation: 3,
      responseId: "r",
      playedMs: 0,
    });
  });

  it("has no position for other sound, nor for streams long gone", () => {
    const streams = new PageStreams();
    streams.frame(sound(40), 1);
    assert.equal(streams.position(1, 10), undefined);
    for (let n = 0; n < 30; n++) streams.frame(sound(40, place(n * 100)), 1);
    assert.equal(streams.position(2, 10), undefined);
    assert.notEqual(streams.position(31, 10), undefined);
    assert.equal(streams.position(99, 10), undefined);
  });

  it("ends the stream that is open, once", () => {
    const streams = new PageStreams();
    streams.frame(sound(40, place(0)), 1);
    assert.equal(streams.end(), 1);
    assert.equal(streams.end(), undefined);
    assert.equal(streams.frame(sound(40, place(40)), 1).begin?.stream, 2);
  });
});
