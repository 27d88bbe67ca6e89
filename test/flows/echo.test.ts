import assert from "node:assert/strict";
import { encodeMulaw, interleave, writeWav } from "../../lib/audio";
import { useNodeRed } from "../support/flow";

const DURATION_S = 1.5;

/** Five voices that rise, in syllables; none above what a telephone carries. No two stretches are alike. */
function voice(s: number): number {
  const syllables = 0.6 + 0.4 * Math.sin(2 * Math.PI * 4 * s);
  const tones = [230, 410, 870, 1_450, 2_300].map((hz, index) =>
    Math.sin(2 * Math.PI * (hz * s + 40 * (index + 1) * s * s)),
  );
  return 0.12 * syllables * tones.reduce((sum, tone) => sum + tone, 0);
}

/** PCM16 straight from the formula: no resampler of ours has touched it. */
function voiceAt(sampleRate: number, gain = 1): Buffer {
  const pcm = Buffer.alloc(DURATION_S * sampleRate * 2);
  for (let i = 0; i < pcm.length / 2; i++)
    pcm.writeInt16LE(Math.round(32_767 * gain * voice(i / sampleRate)), i * 2);
  return pcm;
}

function stereoWav(sampleRate: number): Buffer {
  const both = interleave(voiceAt(sampleRate), voiceAt(sampleRate, 0.4));
  return writeWav(both, {
    sampleRate,
    channels: 2,
    bits: 16,
    encoding: "signed-integer",
  });
}

const INPUTS = [
  {
    what: "24 kHz PCM without a word about it",
    msg: { payload: voiceAt(24_000) },
  },
  { what: "a 48 kHz stereo WAV", msg: { payload: stereoWav(48_000) } },
  { what: "16 kHz PCM", msg: { payload: voiceAt(16_000), rate: 16_000 } },
  {
    what: "8 kHz μ-law",
    msg: {
      payload: encodeMulaw(voiceAt(8_000)),
      rate: 8_000,
      encoding: "mu-law",
    },
  },
];

describe("The echo of what goes into audio in", function () {
  this.timeout(20_000);

  const nodeRed = useNodeRed();

  for (const { what, msg } of INPUTS) {
    it(`comes out of audio out as it was: ${what}`, async () => {
      const flow = await nodeRed.deploy({
        nodes: [
          { id: "audio-in", type: "voice-live-audio-in" },
          { id: "audio-out", type: "voice-live-audio-out", mode: "reply" },
        ],
        resource: { service: "simulator", script: "echo" },
        session: {
          connect: "input",
          settings: { turn_detection: { type: "server_vad" } },
        },
      });
      await flow.accept("audio-in", { ...msg, complete: true });
      const { payload, rate } = await flow.message("audio-out");
      assert.equal(rate, 24_000);
      const correlation = correlate(
        samplesOf(voiceAt(24_000)),
        samplesOf(payload),
      );
      assert.ok(correlation >= 0.99, `correlation is ${correlation}`);
    });
  }
});

function samplesOf(pcm: Buffer): Float64Array {
  return Float64Array.from({ length: pcm.length / 2 }, (_, i) =>
    pcm.readInt16LE(i * 2),
  );
}

/** @returns correlation of the whole original with the part of the echo that fits it best */
function correlate(original: Float64Array, echo: Float64Array): number {
  const from = Math.floor(original.length / 2);
  const probe = original.subarray(from, from + 1_000);
  let [best, shift] = [-Infinity, 0];
  for (let at = 0; at + probe.length <= echo.length; at++) {
    const likeness = product(probe, echo.subarray(at, at + probe.length));
    if (likeness > best) [best, shift] = [likeness, at - from];
  }
  assert.ok(
    shift >= 0 && shift + original.length <= echo.length,
    "all of it has come back",
  );
  const part = echo.subarray(shift, shift + original.length);
  return (
    product(original, part) /
    Math.sqrt(product(original, original) * product(part, part))
  );
}

function product(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < one.length; i++) sum += one[i]! * other[i]!; // as long as each other
  return sum;
}
