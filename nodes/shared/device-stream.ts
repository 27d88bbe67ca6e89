import {
  Converter,
  isSameFormat,
  RateMeter,
  sampleBytes,
  sampleFormatName,
  type AudioFormat,
  type ChannelMix,
  type MonoFormat,
} from "../../lib/audio";
import type { FlowMessage } from "./messages";
import { rateWarning } from "./rate-warning";
import {
  AudioReader,
  type AudioInput,
  type ReaderSettings,
} from "./read-audio";
import { StreamWarnings } from "./stream-warnings";

export interface DeviceSettings extends ReaderSettings {
  readonly mix: ChannelMix;
}

/** Samples that go on as they are: the service itself may take them so. */
const PLAIN = ["signed-integer", "mu-law", "a-law"] as const;

/** What a stream of this format becomes: mono at the same rate, G.711 where it is that already, PCM16 otherwise. */
export function plainFormat(format: AudioFormat): MonoFormat {
  const name = sampleFormatName(format);
  const encoding = PLAIN.find((each) => each === name && format.channels === 1);
  return {
    encoding: encoding ?? "signed-integer",
    sampleRate: format.sampleRate,
  };
}

interface Conversion {
  readonly from: AudioFormat;
  /** One object for all messages of a stream: by it a conversation knows that nothing has changed. */
  readonly to: MonoFormat & AudioFormat;
  readonly converter: Converter;
  readonly meter: RateMeter;
}

/**
 * Audio messages of one device, as whole mono samples in PCM16 or G.711 at the device's own rate. What is wrong with them but
 * can be corrected is said once in each stream.
 */
export class DeviceStream {
  readonly #mix: ChannelMix;
  readonly #reader: AudioReader;
  readonly #warnings: StreamWarnings;
  readonly #now: () => number;
  #conversion: Conversion | undefined;
  #ignoredBytes = 0;
  #reportedBytes = 0;

  constructor(
    settings: DeviceSettings,
    say: (text: string) => void,
    now: () => number = () => performance.now(),
  ) {
    this.#mix = settings.mix;
    this.#now = now;
    this.#warnings = new StreamWarnings(say);
    this.#reader = new AudioReader(settings, (kind, text) =>
      this.#warnings.warn(kind, text),
    );
  }

  /** @throws VoiceLiveError as {@link AudioReader.read} does */
  read(msg: FlowMessage): AudioInput {
    const { audio, format, isEnd } = this.#reader.read(msg);
    const input =
      audio.length > 0 ? this.#convert(audio, format) : { audio, format };
    if (isEnd) this.#end();
    return { ...input, isEnd };
  }

  #convert(audio: Buffer, format: AudioFormat): Omit<AudioInput, "isEnd"> {
    const { converter, meter, to } = this.#conversionOf(format);
    const before = converter.counts;
    const samples = converter.push(audio);
    this.#warnings.corrected(before, converter.counts);
    this.#measure(meter, samples.length / sampleBytes(to));
    return { audio: samples, format: to };
  }

  #conversionOf(from: AudioFormat): Conversion {
    const current = this.#conversion;
    if (current && isSameFormat(current.from, from)) return current;
    this.#endConversion();
    const to = { ...plainFormat(from), channels: 1 };
    this.#conversion = {
      from,
      to,
      converter: new Converter({ from, to, mix: this.#mix }),
      meter: new RateMeter(from.sampleRate),
    };
    return this.#conversion;
  }

  #measure(meter: RateMeter, samples: number): void {
    const mismatch = meter.add(samples, this.#now());
    if (mismatch) this.#warnings.warn("rate", rateWarning(mismatch));
  }

  #endConversion(): void {
    const { converter } = this.#conversion ?? {};
    converter?.flush();
    this.#ignoredBytes += converter?.counts.droppedBytes ?? 0;
    this.#conversion = undefined;
  }

  #end(): void {
    this.#endConversion();
    const all = this.#ignoredBytes + this.#reader.ignoredBytes;
    this.#warnings.ended(all - this.#reportedBytes);
    this.#reportedBytes = all;
  }
}
