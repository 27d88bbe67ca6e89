import { DiskFile } from "./disk-file";
import { cueOf, VTT_HEAD, type Line } from "./webvtt";

export interface TranscriptHead {
  readonly conversation: string;
  readonly started: string;
  /** Name of the sound file, where there is one. */
  readonly audio: string | null;
}

interface Cue {
  readonly fromMs: number;
  readonly text: string;
  at: number;
}

const JSON_TAIL = Buffer.from("\n]}\n");
/** Lines are told about in the order in which they are said; an older one goes in front of these at most. */
const MAX_OPEN_CUES = 50;

/** The transcript as JSON and as WebVTT. Each line is one write, behind which both files are whole. */
export class TranscriptRecording {
  readonly #json: DiskFile;
  readonly #vtt: DiskFile;
  #jsonEnd: number;
  #isFirst = true;
  /** The last cues, and where each begins in the file. */
  #cues: Cue[] = [];
  #vttEnd = VTT_HEAD.length;

  private constructor(json: DiskFile, vtt: DiskFile, jsonEnd: number) {
    this.#json = json;
    this.#vtt = vtt;
    this.#jsonEnd = jsonEnd;
  }

  /** @param base - path without an ending */
  static async create(
    base: string,
    { conversation, started, audio }: TranscriptHead,
  ): Promise<TranscriptRecording> {
    const facts = JSON.stringify({ conversation, started, audio });
    const head = Buffer.from(`${facts.slice(0, -1)},"lines":[`);
    const json = await DiskFile.create(
      `${base}.json`,
      Buffer.concat([head, JSON_TAIL]),
    );
    try {
      const vtt = await DiskFile.create(`${base}.vtt`, Buffer.from(VTT_HEAD));
      return new TranscriptRecording(json, vtt, head.length);
    } catch (thrown) {
      await json.close();
      throw thrown;
    }
  }

  async write(line: Line): Promise<void> {
    const entry = Buffer.from(
      `${this.#isFirst ? "" : ","}\n${JSON.stringify(line)}`,
    );
    await this.#json.write(Buffer.concat([entry, JSON_TAIL]), this.#jsonEnd);
    this.#jsonEnd += entry.length;
    this.#isFirst = false;
    await this.#writeCue(line);
  }

  async close(): Promise<void> {
    await Promise.all([this.#json.close(), this.#vtt.close()]);
  }

  /** WebVTT wants cues in the order of their beginning: those that begin later move behind. */
  async #writeCue(line: Line): Promise<void> {
    const text = cueOf(line);
    if (text === "") return;
    const index = this.#cues.findIndex(({ fromMs }) => fromMs > line.fromMs);
    const later = index < 0 ? [] : this.#cues.splice(index);
    const moved = [{ fromMs: line.fromMs, text, at: 0 }, ...later];
    const from = later[0]?.at ?? this.#vttEnd;
    await this.#vtt.write(
      Buffer.from(moved.map((cue) => cue.text).join("")),
      from,
    );
    this.#vttEnd = from;
    for (const cue of moved) {
      cue.at = this.#vttEnd;
      this.#vttEnd += Buffer.byteLength(cue.text);
    }
    this.#cues = [...this.#cues, ...moved].slice(-MAX_OPEN_CUES);
  }
}
