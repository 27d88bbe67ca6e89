import { expectPositiveInteger, expectWholeBlocks } from "./check";
import { PCM16_BYTES, readSample, saturate, writeSample } from "./pcm";

/**
 * Mean of all channels.
 * @param pcm - interleaved PCM16
 * @returns mono PCM16, each mean rounded to the nearest integer
 * @throws RangeError when `pcm` does not hold whole samples of every channel
 */
export function toMono(pcm: Buffer, channels: number): Buffer {
  const mono = allocateMono(pcm, channels);
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
 * One of several channels.
 * @param pcm - interleaved PCM16
 * @param channel - 0 is the first, which is the left one
 * @returns mono PCM16
 * @throws RangeError when `pcm` does not hold whole samples of every channel
 */
export function pickChannel(
  pcm: Buffer,
  channels: number,
  channel: number,
): Buffer {
  const mono = allocateMono(pcm, channels);
  const samples = mono.length / PCM16_BYTES;
  for (let i = 0; i < samples; i += 1)
    writeSample(mono, i, readSample(pcm, i * channels + channel));
  return mono;
}

/**
 * The same samples on both channels.
 * @param pcm - mono PCM16
 * @throws RangeError when `pcm` ends inside a sample
 */
export function toStereo(pcm: Buffer): Buffer {
  return interleaveAll([pcm, pcm]);
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
  return interleaveAll([left, right]);
}

/**
 * Mono streams side by side.
 * @param lanes - mono PCM16 of each channel, equally long
 */
export function interleaveAll(lanes: readonly Buffer[]): Buffer {
  const channels = lanes.length;
  const bytes = lanes[0]?.length ?? 0;
  expectWholeBlocks("lanes", bytes, PCM16_BYTES);
  const together = Buffer.allocUnsafeSlow(bytes * channels);
  for (const [channel, lane] of lanes.entries())
    for (let i = 0; i * PCM16_BYTES < bytes; i += 1)
      writeSample(together, i * channels + channel, readSample(lane, i));
  return together;
}

function allocateMono(pcm: Buffer, channels: number): Buffer {
  expectPositiveInteger("channels", channels);
  expectWholeBlocks("pcm", pcm.length, PCM16_BYTES * channels);
  return Buffer.allocUnsafeSlow(pcm.length / channels);
}
