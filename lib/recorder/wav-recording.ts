import { wavHeader } from "../audio";
import { DiskFile } from "./disk-file";
import { RECORDING_RATE, SAMPLE_BYTES, samplesOf } from "./timeline";

const CHANNELS = 2;
/** One sample of both channels. */
export const FRAME_BYTES = CHANNELS * SAMPLE_BYTES;
/** A power cut costs no more than this. */
const SYNC_SAMPLES = samplesOf(10_000);

/**
 * A stereo WAV that is a whole file at any time: the header is written anew behind each piece of audio, so a reader that
 * comes after a crash finds all that it tells of.
 */
export class WavRecording {
  readonly #file: DiskFile;
  #dataBytes = 0;
  #unsynced = 0;

  private constructor(file: DiskFile) {
    this.#file = file;
  }

  static async create(path: string): Promise<WavRecording> {
    return new WavRecording(await DiskFile.create(path, headerFor(0)));
  }

  /** @param stereo - interleaved PCM16, whole frames */
  async write(stereo: Buffer): Promise<void> {
    const header = headerFor(this.#dataBytes + stereo.length);
    await this.#file.write(stereo, header.length + this.#dataBytes);
    await this.#file.write(header, 0);
    this.#dataBytes += stereo.length;
    this.#unsynced += stereo.length / FRAME_BYTES;
    if (this.#unsynced < SYNC_SAMPLES) return;
    this.#unsynced = 0;
    await this.#file.sync();
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

function headerFor(dataLength: number): Buffer {
  return wavHeader({
    sampleRate: RECORDING_RATE,
    channels: CHANNELS,
    dataLength,
  });
}
