import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  int16ArrayToPcm16,
  parseWav,
  Resampler,
  silence,
} from "../../lib/audio";

/** A recording of `recordings/` as 24 kHz PCM16. */
export function recording(file: string): Buffer {
  return parseWav(
    readFileSync(join(__dirname, "..", "..", "..", "recordings", file)),
  ).data;
}

/** A question with silence around it, so that detection hears both ends. */
export function spoken(file: string, sampleRate = 24_000): Buffer {
  return Buffer.concat([
    silence(300, sampleRate),
    at(recording(file), sampleRate),
    silence(800, sampleRate),
  ]);
}

/** PCM16 at 24 kHz brought to another rate. */
export function at(pcm: Buffer, sampleRate: number): Buffer {
  if (sampleRate === 24_000) return pcm;
  const resampler = new Resampler({ from: 24_000, to: sampleRate });
  return Buffer.concat([resampler.push(pcm), resampler.flush()]);
}

/** A tone that counts as speech. */
export function tone(ms: number, sampleRate = 24_000, level = 0.2): Buffer {
  const samples = Int16Array.from(
    { length: Math.round((ms * sampleRate) / 1000) },
    (_, i) =>
      Math.round(
        level * 32767 * Math.sin((2 * Math.PI * 440 * i) / sampleRate),
      ),
  );
  return int16ArrayToPcm16(samples);
}

/** All audio of the deltas among events. */
export function audioOf(
  events: readonly {
    readonly type: string;
    readonly [member: string]: unknown;
  }[],
): Buffer {
  return Buffer.concat(
    events
      .filter(({ type }) => type === "response.audio.delta")
      .map(({ delta }) => Buffer.from(String(delta), "base64")),
  );
}
