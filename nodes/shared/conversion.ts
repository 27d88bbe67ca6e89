import {
  Converter,
  Framer,
  isSameFormat,
  SAMPLE_FORMATS,
  sampleBytes,
  type AudioFormat,
  type ChannelMix,
} from "../../lib/audio";
import { withAudioFaults } from "./audio-fault";
import type { FlowMessage } from "./messages";
import { AudioReader, type ReaderSettings } from "./read-audio";
import { StreamWarnings } from "./stream-warnings";
import {
  writtenFormat,
  writtenProperties,
  type WriterSettings,
} from "./write-audio";

export interface ConversionSettings {
  readonly from: ReaderSettings;
  readonly to: WriterSettings;
  /** 0: as many as come in. */
  readonly channels: number;
  readonly mix: ChannelMix;
  /** Playing time of one message; 0: what one message becomes stays one. */
  readonly chunkMs: number;
  /** Each message is a recording by itself. */
  readonly isWhole: boolean;
}

/** What one message becomes. */
export interface ConvertedAudio {
  /** Message properties of each piece of audio. */
  readonly pieces: readonly Readonly<Record<string, unknown>>[];
  /** The stream ends with this message. */
  readonly isEnd: boolean;
}

/** Converted samples, interleaved. */
interface Piece {
  readonly data: Buffer;
  readonly channels: number;
}

interface Current {
  readonly from: AudioFormat;
  readonly channels: number;
  readonly converter: Converter;
  readonly framer: Framer | undefined;
}

/** Audio messages of one stream in another format. */
export class Conversion {
  readonly #settings: ConversionSettings;
  readonly #warnings: StreamWarnings;
  readonly #reader: AudioReader;
  #current: Current | undefined;
  #droppedBytes = 0;
  #reportedBytes = 0;

  constructor(settings: ConversionSettings, say: (text: string) => void) {
    this.#settings = settings;
    this.#warnings = new StreamWarnings(say);
    this.#reader = new AudioReader(settings.from, (kind, text) =>
      this.#warnings.warn(kind, text),
    );
  }

  /** @throws VoiceLiveError as {@link AudioReader.read} does, and when there is no way from one rate to the other */
  convert(msg: FlowMessage): ConvertedAudio {
    const { isWhole, chunkMs, to } = this.#settings;
    const input = this.#reader.read(isWhole ? { ...msg, complete: true } : msg);
    const { audio, format } = input;
    const pieces = audio.length > 0 ? this.#take(audio, format) : [];
    if (input.isEnd) pieces.push(...this.#end());
    const messages = isWhole && chunkMs === 0 ? joined(pieces) : pieces;
    return {
      pieces: messages.map(({ data, channels }) =>
        writtenProperties(data, to, channels),
      ),
      isEnd: isWhole ? audio.length === 0 : input.isEnd,
    };
  }

  #take(audio: Buffer, format: AudioFormat): Piece[] {
    const isNew =
      this.#current !== undefined && !isSameFormat(this.#current.from, format);
    const pieces = isNew ? this.#finish() : [];
    const current = (this.#current ??= this.#begin(format));
    const before = current.converter.counts;
    pieces.push(...cut(current, current.converter.push(audio)));
    this.#warnings.corrected(before, current.converter.counts);
    return pieces;
  }

  #begin(from: AudioFormat): Current {
    const { to, channels: wanted, mix, chunkMs } = this.#settings;
    const channels = wanted === 0 ? from.channels : wanted;
    const samples = SAMPLE_FORMATS[writtenFormat(to)];
    const target = { ...samples, sampleRate: to.rate, channels };
    return {
      from,
      channels,
      converter: withAudioFaults(
        () => new Converter({ from, to: target, mix }),
      ),
      framer: framerOf(chunkMs, target),
    };
  }

  /** What the converter and the framer still hold. */
  #finish(): Piece[] {
    const current = this.#current;
    this.#current = undefined;
    if (!current) return [];
    const pieces = cut(current, current.converter.flush());
    const rest = current.framer?.flush();
    if (rest) pieces.push({ data: rest, channels: current.channels });
    this.#droppedBytes += current.converter.counts.droppedBytes;
    return pieces;
  }

  #end(): Piece[] {
    const pieces = this.#finish();
    const all = this.#droppedBytes + this.#reader.ignoredBytes;
    this.#warnings.ended(all - this.#reportedBytes);
    this.#reportedBytes = all;
    return pieces;
  }
}

function framerOf(chunkMs: number, format: AudioFormat): Framer | undefined {
  if (chunkMs === 0) return undefined;
  const blockBytes = sampleBytes(format) * format.channels;
  const blocks = Math.round((chunkMs * format.sampleRate) / 1_000);
  return new Framer({ frameBytes: blocks * blockBytes, blockBytes });
}

function cut({ framer, channels }: Current, samples: Buffer): Piece[] {
  if (samples.length === 0) return [];
  const parts = framer ? framer.push(samples) : [samples];
  return parts.map((data) => ({ data, channels }));
}

/** One message may change its format only between two files in it, which the reader refuses: all pieces have the same channels. */
function joined(pieces: readonly Piece[]): readonly Piece[] {
  const [first] = pieces;
  if (!first) return [];
  const data = Buffer.concat(pieces.map((piece) => piece.data));
  return [{ data, channels: first.channels }];
}
