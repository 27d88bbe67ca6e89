import assert from "node:assert/strict";
import { silence } from "../../lib/audio";
import type { InputFormat } from "../../lib/simulator/audio-format";
import {
  InputBuffer,
  type TurnDetection,
} from "../../lib/simulator/input-buffer";
import { recording, tone } from "./sounds";

const PCM: InputFormat = { encoding: "pcm16", sampleRate: 24_000, channels: 1 };
const DETECTION: TurnDetection = {
  threshold: 0.5,
  prefixPaddingMs: 300,
  silenceMs: 500,
  speechMs: 200,
};

/** A buffer and the list of what it has reported. */
function listening(
  detection: TurnDetection | undefined = DETECTION,
  format = PCM,
): { buffer: InputBuffer; turns: unknown[] } {
  const turns: unknown[] = [];
  const buffer = new InputBuffer(format, detection, {
    speechStarted: (startMs) => turns.push(["start", startMs]),
    speechStopped: (endMs, { pcm }) =>
      turns.push(["stop", endMs, pcm.length / 48]),
  });
  return { buffer, turns };
}

/** White noise with a fixed seed. */
function hiss(ms: number, level: number): Buffer {
  const pcm = Buffer.alloc(ms * 48);
  let state = 1;
  for (let at = 0; at < pcm.length; at += 2) {
    state = (state * 48_271) % 2_147_483_647;
    pcm.writeInt16LE(
      Math.round((state / 1_073_741_823.5 - 1) * level * 32_767),
      at,
    );
  }
  return pcm;
}

describe("InputBuffer", () => {
  it("finds two turns in one append", () => {
    const { buffer, turns } = listening();
    buffer.append(
      Buffer.concat([
        silence(400, 24_000),
        tone(400),
        silence(700, 24_000),
        tone(300),
        silence(600, 24_000),
      ]),
    );
    assert.deepEqual(turns, [
      ["start", 100],
      ["stop", 1300, 1200],
      ["start", 1300],
      ["stop", 2300, 1000],
    ]);
  });

  it("finds the same turns however the audio is cut, in the middle of samples too", () => {
    const audio = Buffer.concat([
      silence(310, 24_000),
      recording("question-both.wav"),
      silence(900, 24_000),
    ]);
    const whole = listening();
    whole.buffer.append(audio);
    const cut = listening();
    for (let from = 0; from < audio.length; from += 777)
      cut.buffer.append(audio.subarray(from, from + 777));
    assert.equal(whole.turns.length, 2);
    assert.deepEqual(cut.turns, whole.turns);
  });

  it("hears a quiet voice only below its level when the threshold is raised", () => {
    const audio = Buffer.concat([
      tone(500, 24_000, 0.02),
      silence(600, 24_000),
    ]);
    const low = listening();
    low.buffer.append(audio);
    const high = listening({ ...DETECTION, threshold: 0.9 });
    high.buffer.append(audio);
    assert.deepEqual([low.turns.length, high.turns.length], [2, 0]);
  });

  it("gets used to steady noise and hears a voice above it", () => {
    const { buffer, turns } = listening();
    buffer.append(hiss(60_000, 0.03));
    buffer.clear();
    turns.length = 0;
    buffer.append(hiss(2000, 0.03));
    assert.deepEqual(turns, []);
    buffer.append(Buffer.concat([tone(600, 24_000, 0.4), hiss(2000, 0.03)]));
    assert.deepEqual(
      turns.map((turn) => Array.isArray(turn) && turn[0]),
      ["start", "stop"],
    );
  });

  it("keeps 15 s of silence and all of a manual turn", () => {
    const idle = listening();
    for (let i = 0; i < 20; i += 1) idle.buffer.append(silence(1000, 24_000));
    const manual = new InputBuffer(PCM, undefined, {
      speechStarted: () => undefined,
      speechStopped: () => undefined,
    });
    for (let i = 0; i < 20; i += 1) manual.append(silence(1000, 24_000));
    assert.deepEqual(
      [idle.buffer.bufferedMs, manual.bufferedMs],
      [15_000, 20_000],
    );
    assert.deepEqual(
      [idle.buffer.receivedMs, manual.receivedMs],
      [20_000, 20_000],
    );
  });

  it("gives everything once and is empty then", () => {
    const manual = new InputBuffer(PCM, undefined, {
      speechStarted: () => undefined,
      speechStopped: () => undefined,
    });
    manual.append(tone(120));
    assert.equal(manual.take().pcm.equals(tone(120)), true);
    assert.equal(manual.bufferedMs, 0);
  });

  it("keeps its clock and what it holds across a change of format", () => {
    const { buffer, turns } = listening();
    buffer.append(silence(1000, 24_000));
    buffer.configure(
      { encoding: "g711_ulaw", sampleRate: 8000, channels: 1 },
      DETECTION,
    );
    assert.deepEqual([buffer.bufferedMs, buffer.receivedMs], [1000, 1000]);
    buffer.append(
      Buffer.concat([
        Buffer.alloc(8 * 1000, 0xff),
        Buffer.alloc(8 * 400, 0x20),
        Buffer.alloc(8 * 600, 0xff),
      ]),
    );
    assert.deepEqual(turns[0], ["start", 1700]);
  });
});
