import assert from "node:assert/strict";
import { MicrophoneFramer } from "../../page/audio/microphone-framer";

const FROM = 48_000;
const OPTIONS = { from: FROM, to: 24_000, chunkMs: 20 };

function speak(
  framer: MicrophoneFramer,
  quanta: number,
  channels: readonly ((index: number) => number)[],
): Int16Array[] {
  const frames: Int16Array[] = [];
  for (let quantum = 0; quantum < quanta; quantum += 1)
    frames.push(
      ...framer.push(
        channels.map((channel) =>
          Float32Array.from({ length: 128 }, (_, index) =>
            channel(quantum * 128 + index),
          ),
        ),
      ),
    );
  return frames;
}

const tone = (index: number): number =>
  0.5 * Math.sin((2 * Math.PI * 440 * index) / FROM);

describe("MicrophoneFramer", () => {
  it("gives frames of the wanted length, and the rest when it is closed", () => {
    const framer = new MicrophoneFramer(OPTIONS);
    framer.open();
    const frames = speak(framer, 100, [tone]);
    assert.ok(frames.length >= 12);
    assert.ok(frames.every(({ length }) => length === 480));
    const rest = framer.close();
    const samples = [...frames, ...rest].reduce(
      (sum, { length }) => sum + length,
      0,
    );
    assert.equal(samples, 6_400);
    const loudest = Math.max(...frames.flatMap((frame) => [...frame]));
    assert.ok(Math.abs(loudest - 16_384) < 100, `${loudest}`);
  });

  it("gives nothing while it is closed, and begins afresh", () => {
    const framer = new MicrophoneFramer(OPTIONS);
    assert.deepEqual(speak(framer, 20, [tone]), []);
    framer.open();
    speak(framer, 20, [tone]);
    framer.close();
    assert.deepEqual(speak(framer, 20, [tone]), []);
    assert.deepEqual(framer.close(), []);
    framer.open();
    const [frame] = speak(framer, 20, [() => 0]);
    assert.ok(frame?.every((sample) => sample === 0));
  });

  it("mixes channels and holds to the limits of 16 bits", () => {
    const framer = new MicrophoneFramer(OPTIONS);
    framer.open();
    const [quiet] = speak(framer, 20, [() => 0.5, () => -0.5]);
    assert.ok(quiet?.every((sample) => sample === 0));
    const frames = speak(framer, 40, [() => 1.5, () => 1.5]);
    assert.equal(frames.at(-1)?.at(-1), 32_767);
  });
});
