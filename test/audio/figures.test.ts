import assert from "node:assert/strict";
import { Resampler, rms } from "../../lib/audio/index";
import { decibels, fitTone, samplesOf, tone } from "./signals";

const RATES = [8000, 16000, 22050, 24000, 44100, 48000];
const PAIRS = RATES.flatMap((from) =>
  RATES.filter((to) => to !== from).map((to) => ({ from, to })),
);
const LEVEL = 0.8; // -1.9 dBFS
const SECONDS = 0.2;

/** Edges of the signal are steps, not tones: half a window on each side is left out. */
function middle(
  samples: Float64Array,
  sampleRate: number,
): { samples: Float64Array; skipped: number } {
  const skipped = Math.round(sampleRate * 0.02);
  return {
    samples: samples.subarray(skipped, samples.length - skipped),
    skipped,
  };
}

function resample(from: number, to: number, pcm: Buffer): Buffer {
  const resampler = new Resampler({ from, to });
  return Buffer.concat([resampler.push(pcm), resampler.flush()]);
}

function throughTone(
  from: number,
  to: number,
  hz: number,
): { samples: Float64Array; skipped: number } {
  return middle(
    samplesOf(resample(from, to, tone(hz, from, from * SECONDS, LEVEL))),
    to,
  );
}

/** Level of the tone at the output against the input, in dB. */
function gainDb(from: number, to: number, hz: number): number {
  return decibels(
    fitTone(throughTone(from, to, hz).samples, hz, to).level /
      ((LEVEL * 32767) / 32768),
  );
}

describe("Figures of the resampler", () => {
  for (const { from, to } of PAIRS) {
    describe(`${from} Hz to ${to} Hz`, () => {
      const nyquist = Math.min(from, to) / 2;

      it("carries 1 kHz with an SNR of 85 dB or more", () => {
        const { level, restRms } = fitTone(
          throughTone(from, to, 1000).samples,
          1000,
          to,
        );
        const snr = decibels(level / Math.SQRT2 / restRms);
        assert.ok(snr >= 85, `${snr.toFixed(1)} dB`);
      });

      it("keeps 1 kHz in step with the input to a thousandth of a sample", () => {
        const { samples, skipped } = throughTone(from, to, 1000);
        const turns =
          (fitTone(samples, 1000, to).phase -
            (2 * Math.PI * 1000 * skipped) / to) /
          (2 * Math.PI);
        const offsetSamples = ((turns - Math.round(turns)) * to) / 1000;
        assert.ok(Math.abs(offsetSamples) < 0.001, `${offsetSamples} samples`);
      });

      it("is flat within 0.01 dB up to 0.85 of the lower Nyquist frequency", () => {
        for (const part of [0.025, 0.2, 0.4, 0.6, 0.8, 0.85]) {
          const gain = gainDb(from, to, part * nyquist);
          assert.ok(
            Math.abs(gain) <= 0.01,
            `${gain.toFixed(4)} dB at ${part} of Nyquist`,
          );
        }
      });

      if (to < from) {
        it("keeps aliases of everything above the new Nyquist frequency at -80 dB or less", () => {
          for (const hz of [
            nyquist * 1.001,
            nyquist * 1.05,
            (nyquist + from / 2) / 2,
            from * 0.49,
          ]) {
            const alias = resample(
              from,
              to,
              tone(hz, from, from * SECONDS, LEVEL),
            );
            const inner = alias.subarray(
              Math.round(to * 0.02) * 2,
              -Math.round(to * 0.02) * 2,
            );
            const db = decibels(rms(inner) / (LEVEL / Math.SQRT2));
            assert.ok(db <= -80, `${db.toFixed(1)} dB from ${hz} Hz`);
          }
        });
      } else {
        it("keeps images of everything below the old Nyquist frequency at -80 dB or less", () => {
          for (const part of [0.3, 0.6, 0.85, 0.99]) {
            const hz = part * nyquist;
            const { restRms } = fitTone(
              throughTone(from, to, hz).samples,
              hz,
              to,
            );
            const db = decibels((restRms * Math.SQRT2) / LEVEL);
            assert.ok(db <= -80, `${db.toFixed(1)} dB at ${part} of Nyquist`);
          }
        });
      }

      it("gives input × to / from samples, rounded", () => {
        for (const samples of [0, 1, 2, 39, 40, 41, 441, 999, 5000, 12345]) {
          const out = resample(from, to, Buffer.alloc(samples * 2));
          assert.equal(
            out.length / 2,
            Math.round((samples * to) / from),
            `${samples} samples in`,
          );
        }
      });
    });
  }
});
