import assert from "node:assert/strict";
import { Converter, type MonoFormat } from "../../lib/audio";
import { EchoReference } from "../../lib/client/echo-reference";
import { Random, seeded } from "../support/random";

const RATE = 24_000;
const PER_MS = RATE / 1_000;
const FORMAT: MonoFormat = { encoding: "signed-integer", sampleRate: RATE };

/** What a loudspeaker plays, drawn sample by sample. */
class Timeline {
  readonly #samples: Int16Array;

  constructor(ms: number) {
    this.#samples = new Int16Array(ms * PER_MS);
  }

  play(pcm: Buffer, atMs: number): void {
    for (let index = 0; index < pcm.length / 2; index++)
      this.#samples[atMs * PER_MS + index] = pcm.readInt16LE(index * 2);
  }

  silentFrom(atMs: number): void {
    this.#samples.fill(0, Math.round(atMs * PER_MS));
  }

  hex(fromMs: number, samples: number): string {
    const from = fromMs * PER_MS;
    return Buffer.from(
      this.#samples.slice(from, from + samples).buffer,
    ).toString("hex");
  }
}

describe("EchoReference", () => {
  const random = new Random(1);
  const noiseOf = (ms: number): Buffer => random.noise(ms * PER_MS);
  let reference: EchoReference;

  beforeEach(() => (reference = new EchoReference(RATE)));

  const hexOf = (fromMs: number, ms: number): string =>
    reference.render(fromMs, ms * PER_MS).toString("hex");
  const silence = (ms: number): string => "0000".repeat(ms * PER_MS);

  it("renders silence for what an item that began again under its old id has not", () => {
    reference.received("a", noiseOf(10), FORMAT);
    reference.released("a", 40, 20, 100);
    assert.equal(hexOf(100, 20), silence(20));
  });

  it("renders what the clock says sounds, bit for bit, over several items cut anywhere", async () => {
    await seeded(3, (seeds) => {
      const timeline = new Timeline(20_000);
      let at = 100;
      for (let item = 0; item < 10; item++) {
        const chunks = seeds.between(1, 20);
        for (let chunk = 0; chunk < chunks; chunk++) {
          const pcm = seeds.noise(40 * PER_MS);
          const cut = seeds.between(0, 40 * PER_MS) * 2;
          reference.received(`i${item}`, pcm.subarray(0, cut), FORMAT);
          reference.received(`i${item}`, pcm.subarray(cut), FORMAT);
          // Times of a clock are no whole milliseconds, and runs have gaps between them.
          if (seeds.chance(0.2)) at += seeds.between(1, 400) / 4;
          reference.released(`i${item}`, chunk * 40, 40, at);
          timeline.play(pcm, at);
          at += 40;
        }
        reference.finished(`i${item}`);
      }
      let from = 0;
      while (from < 10_000) {
        const samples = seeds.between(1, 160) * 6;
        assert.equal(
          reference.render(from, samples).toString("hex"),
          timeline.hex(from, samples),
          `at ${from} ms`,
        );
        from += samples / PER_MS;
      }
    });
  });

  it("plays what was not released yet to nobody", () => {
    reference.received("a", noiseOf(200), FORMAT);
    assert.equal(hexOf(0, 200), silence(200));
  });

  it("moves with the loudspeaker", () => {
    const pcm = noiseOf(100);
    reference.received("a", pcm, FORMAT);
    reference.released("a", 0, 100, 0);
    reference.shift(150);
    assert.equal(
      hexOf(0, 300),
      silence(150) + pcm.toString("hex") + silence(50),
    );
    reference.shift(-50);
    assert.equal(hexOf(100, 100), pcm.toString("hex"));
  });

  it("keeps what sounded before playback stopped, and nothing after", () => {
    const pcm = noiseOf(300);
    const timeline = new Timeline(1_000);
    reference.received("a", pcm, FORMAT);
    for (const fromMs of [0, 100, 200])
      reference.released("a", fromMs, 100, fromMs);
    timeline.play(pcm, 0);
    timeline.silentFrom(130);
    reference.stop(130);
    assert.equal(hexOf(0, 400), timeline.hex(0, 400 * PER_MS));
    const next = noiseOf(100);
    reference.received("b", next, FORMAT);
    reference.released("b", 0, 100, 140);
    timeline.play(next, 140);
    assert.equal(hexOf(0, 400), timeline.hex(0, 400 * PER_MS));
  });

  it("goes on inside an item after a pause of the service, however long", () => {
    const [first, second] = [noiseOf(100), noiseOf(100)];
    reference.received("a", first, FORMAT);
    reference.released("a", 0, 100, 0);
    assert.equal(hexOf(10_000, 40), silence(40));
    reference.received("a", second, FORMAT);
    reference.released("a", 100, 100, 10_100);
    assert.equal(hexOf(10_100, 100), second.toString("hex"));
  });

  for (const format of [
    { encoding: "signed-integer", sampleRate: 16_000 },
    { encoding: "mu-law", sampleRate: 8_000 },
  ] as const) {
    it(`has ${format.encoding} of ${format.sampleRate} Hz at its own rate, to the last sample`, () => {
      const audio = random.noise((format.sampleRate / 2_000) * 500);
      const converter = new Converter({
        from: { ...format, channels: 1 },
        to: { encoding: "signed-integer", sampleRate: RATE },
      });
      const expected = Buffer.concat([
        converter.push(audio),
        converter.flush(),
      ]);
      const ms = expected.length / 2 / PER_MS;
      for (let at = 0; at < audio.length; at += 999)
        reference.received("a", audio.subarray(at, at + 999), format);
      reference.finished("a");
      reference.released("a", 0, ms, 0);
      assert.equal(hexOf(0, ms), expected.toString("hex"));
    });
  }

  for (const asks of [true, false]) {
    it(`keeps its memory flat over an hour with ${asks ? "a microphone" : "a closed microphone"}`, () => {
      const pcm = noiseOf(1_000);
      for (let second = 0; second < 3_600; second++) {
        const id = `i${Math.floor(second / 5)}`;
        reference.received(id, Buffer.from(pcm), FORMAT);
        if (second % 5 === 4) reference.finished(id);
        if (second % 50 === 2) reference.stop(second * 1_000);
        else
          reference.released(id, (second % 5) * 1_000, 1_000, second * 1_000);
        if (asks) reference.render(second * 1_000, 40 * PER_MS);
        else reference.forget(second * 1_000);
      }
      // Of an hour's 172 MB, the last few seconds are enough.
      assert.ok(reference.heldBytes < 1e6, `${reference.heldBytes} bytes`);
    });
  }
});
