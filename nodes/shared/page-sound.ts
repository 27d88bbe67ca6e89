import { Converter, isSameFormat, type AudioFormat } from "../../lib/audio";
import type { PageSound, ReplyPlace } from "../../lib/talk/page-streams";
import { readVoice, type FlowMessage } from "./messages";
import { AudioReader, DEFAULT_FORMAT } from "./read-audio";

/** Reads audio messages for one page: mono PCM16 at their own rate. */
export class PageSoundReader {
  readonly #reader = new AudioReader({
    format: "auto",
    strings: "base64",
    rawFormat: DEFAULT_FORMAT,
  });
  #converter:
    { readonly from: AudioFormat; readonly converter: Converter } | undefined;

  /** @throws VoiceLiveError that names what came and what to do */
  read(msg: FlowMessage): {
    readonly sound: PageSound;
    readonly isEnd: boolean;
  } {
    const { audio, format, isEnd } = this.#reader.read(msg);
    const pcm = audio.length > 0 ? this.#toPcm16(audio, format) : audio;
    if (isEnd) this.#converter = undefined;
    const sound = { pcm, rate: format.sampleRate, place: placeOf(msg) };
    return { sound, isEnd };
  }

  #toPcm16(audio: Buffer, from: AudioFormat): Buffer {
    const { sampleRate } = from;
    if (
      audio.length % 2 === 0 &&
      isSameFormat(from, { ...DEFAULT_FORMAT, sampleRate })
    )
      return audio;
    if (!this.#converter || !isSameFormat(this.#converter.from, from))
      this.#converter = {
        from,
        converter: new Converter({
          from,
          to: { encoding: "signed-integer", sampleRate },
        }),
      };
    return this.#converter.converter.push(audio);
  }
}

/** Where in a reply this sound is, as audio out says it. */
function placeOf(msg: FlowMessage): ReplyPlace | undefined {
  const { conversation, generation, responseId, itemId, startMs } =
    readVoice(msg);
  const isKnown =
    typeof conversation === "string" &&
    typeof generation === "number" &&
    typeof responseId === "string" &&
    typeof itemId === "string" &&
    typeof startMs === "number";
  return isKnown
    ? { conversation, generation, responseId, itemId, startMs }
    : undefined;
}
