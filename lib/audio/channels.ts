import { expectPositiveInteger, expectWholeBlocks } from "./check";
import { PCM16_BYTES, readSample, saturate, writeSample } from "./pcm";

/**
 * Mean of all channels.
 * @param pcm - interleaved PCM16
 * @returns mono PCM16, each mean rounded to the nearest integer
 * @throws RangeError when `pcm` does not hold whole samples of every channel
 */
export function toMono(pcm: Buffer, channels: number): Buffer {
  expectPositiveInteger("channels", channels);
  expectWholeBlocks("pcm", pcm.length, PCM16_BYTES * channels);
  const mono = Buffer.allocUnsafeSlow(pcm.length / channels);
  const samples = mono.length / PCM16_BYTES;
  for (let i = 0; i < samples; i += 1) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel += 1)
      sum += readSample(pcm, i * channels + channel);
    writeSample(mono, i, saturate(sum / channels));
  }
  return mono;
}

/**
 * The same samples on both channels.
 * @param pcm - mono PCM16
 * @throws RangeError when `pcm` ends inside a sample
 */
export function toStereo(pcm: Buffer): Buffer {
  return interleave(pcm, pcm);
}

/**
 * Two mono streams side by side, as the stereo echo reference wants them (protocol.md §11).
 * @param left - mono PCM16 of channel 0
 * @param right - mono PCM16 of channel 1, as long as `left`
 * @throws RangeError when the lengths differ or end inside a sample
 */
export function interleave(left: Buffer, right: Buffer): Buffer {
  expectWholeBlocks("left", left.length, PCM16_BYTES);
  if (left.length !== right.length) {
    throw new RangeError(
      `Expected \`left\` and \`right\` to be equally long, got ${left.length} and ${right.length} bytes: pad the shorter one with silence`,
    );
  }
  const stereo = Buffer.allocUnsafeSlow(left.length * 2);
  const samples = left.length / PCM16_BYTES;
  for (let i = 0; i < samples; i += 1) {
    writeSample(stereo, 2 * i, readSample(left, i));
    writeSample(stereo, 2 * i + 1, readSample(right, i));
  }
  return stereo;
}
