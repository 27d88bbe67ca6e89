import assert from "node:assert/strict";
import {
  int16ArrayToPcm16,
  pcm16BytesFor,
  pcm16DurationMs,
  silence,
} from "../../lib/audio/index";

describe("pcm16DurationMs", () => {
  it("gives the table of protocol.md §11", () => {
    assert.equal(pcm16DurationMs(960, 24000), 20);
    assert.equal(pcm16DurationMs(3200, 16000), 100);
    assert.equal(pcm16DurationMs(320, 8000), 20);
    assert.equal(pcm16DurationMs(1920, 24000, 2), 20);
  });

  it("does not round", () => {
    assert.equal(pcm16DurationMs(2, 24000), 1000 / 24000);
  });

  it("refuses half a sample and says what helps", () => {
    assert.throws(() => pcm16DurationMs(961, 24000), {
      name: "RangeError",
      message: /whole blocks of 2 bytes.*`961`.*SampleCarry/,
    });
    assert.throws(() => pcm16DurationMs(962, 24000, 2), RangeError);
  });

  it("refuses a sample rate of 0", () => {
    assert.throws(() => pcm16DurationMs(960, 0), {
      name: "RangeError",
      message: /`sampleRate`.*`0`/,
    });
  });
});

describe("pcm16BytesFor", () => {
  it("gives the table of protocol.md §11", () => {
    assert.equal(pcm16BytesFor(20, 24000), 960);
    assert.equal(pcm16BytesFor(100, 16000), 3200);
    assert.equal(pcm16BytesFor(100, 24000, 2), 9600);
  });

  it("rounds to whole samples of every channel", () => {
    assert.equal(pcm16BytesFor(20.01, 22050), 882);
    assert.equal(pcm16BytesFor(20.03, 22050), 884);
    assert.equal(pcm16BytesFor(1, 22050, 2), 88);
  });

  it("refuses a negative time and NaN", () => {
    assert.throws(() => pcm16BytesFor(-1, 24000), RangeError);
    assert.throws(() => pcm16BytesFor(NaN, 24000), RangeError);
  });
});

describe("silence", () => {
  it("is zeros of the given time", () => {
    assert.equal(silence(40, 24000).toString("hex"), "00".repeat(1920));
  });
});

describe("int16ArrayToPcm16", () => {
  it("writes little-endian bytes", () => {
    assert.equal(
      int16ArrayToPcm16(Int16Array.of(1, -2, 32767, -32768)).toString("hex"),
      "0100feffff7f0080",
    );
  });

  it("takes a view into a larger array and shares no memory with it", () => {
    const samples = Int16Array.of(1, 2, 3);
    const pcm = int16ArrayToPcm16(samples.subarray(1));
    samples.fill(0);
    assert.equal(pcm.toString("hex"), "02000300");
  });
});
