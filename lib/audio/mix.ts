import { expectWholeBlocks } from "./check";
import { PCM16_BYTES, readSample, saturate, writeSample } from "./pcm";

/**
 * `a` + `b` × `gain`, clipped at full scale. The shorter one goes on as silence.
 * @param a - PCM16
 * @param b - PCM16 of the same rate and channels
 * @param gain - linear factor on `b`, 1 = as it is
 * @throws RangeError when one ends inside a sample or `gain` is not finite
 */
export function mix(a: Buffer, b: Buffer, gain = 1): Buffer {
  expectWholeBlocks("a", a.length, PCM16_BYTES);
  expectWholeBlocks("b", b.length, PCM16_BYTES);
  if (!Number.isFinite(gain))
    throw new RangeError(
      `Expected \`gain\` to be a finite number, got \`${gain}\``,
    );
  const mixed = Buffer.allocUnsafeSlow(Math.max(a.length, b.length));
  const samples = mixed.length / PCM16_BYTES;
  for (let i = 0; i < samples; i += 1)
    writeSample(
      mixed,
      i,
      saturate(sampleOrZero(a, i) + sampleOrZero(b, i) * gain),
    );
  return mixed;
}

function sampleOrZero(pcm: Buffer, index: number): number {
  return index * PCM16_BYTES < pcm.length ? readSample(pcm, index) : 0;
}
