import path from "node:path";
import { interleave } from "../audio";
import {
  typedText,
  type AudioTap,
  type Conversation,
  type Transcript,
  type VoiceLiveError,
} from "../client";
import type { AnyServerEvent } from "../protocol";
import { diskTooSlow, recordingFault } from "./faults";
import { HeardTrack } from "./heard-track";
import { ItemTimes } from "./item-times";
import type { RecordingFolder } from "./recording-folder";
import { SpokenTrack } from "./spoken-track";
import { msOf, samplesOf } from "./timeline";
import { TranscriptRecording } from "./transcript-recording";
import { FRAME_BYTES, WavRecording } from "./wav-recording";

export type RecordingContent = "both" | "wav" | "transcript";

export interface RecordingOptions {
  readonly folder: RecordingFolder;
  readonly what: RecordingContent;
  /** Of one file; the next one goes on without a gap. */
  readonly maxMs: number;
  /** The recording has ended, the conversation has not. */
  readonly onFault: (fault: VoiceLiveError) => void;
}

/**
 * Sound is written so long after it was to be heard: a device reports where it is some time after it has begun, and a
 * microphone's audio is on its way for a while.
 */
export const HORIZON_MS = 2_000;
/** Half a minute of stereo: a disk that is further behind does not keep up. */
const MAX_WAITING_SAMPLES = samplesOf(30_000);

/** What is needed of a conversation. */
type Recorded = Pick<Conversation, "key" | "addTap">;

/** The files of one stretch of time. */
interface Part {
  readonly base: string;
  wav?: WavRecording;
  transcript?: TranscriptRecording;
  /** First sample of the recording that is in it. */
  readonly from: number;
  samples: number;
}

/** One conversation on its way to the disk. Nothing here throws into the conversation or makes it wait for the disk. */
export class Recording {
  readonly #options: RecordingOptions;
  readonly #key: string;
  readonly #beganAt = performance.now();
  readonly #startedAt = Date.now();
  /** None where only words are wanted. */
  readonly #tracks:
    { readonly heard: HeardTrack; readonly spoken: SpokenTrack } | undefined;
  readonly #times = new ItemTimes();
  readonly #removeTap: () => void;
  /** What has been taken from the tracks, samples. */
  #taken = 0;
  #waitingSamples = 0;
  #part: Part | undefined;
  /** Files are made, filled and closed one after the other. */
  #work: Promise<void> = Promise.resolve();
  #isOver = false;
  #hasFailed = false;

  constructor(conversation: Recorded, options: RecordingOptions) {
    this.#options = options;
    this.#key = conversation.key;
    if (options.what !== "transcript")
      this.#tracks = {
        heard: new HeardTrack(this.#beganAt),
        spoken: new SpokenTrack(this.#beganAt),
      };
    this.#removeTap = conversation.addTap(this.#tap());
    this.#then(() => this.#beginPart(0));
  }

  /** @param now - what sounded well before is written */
  advance(now: number): void {
    this.#takeUntil(now - HORIZON_MS);
  }

  event(event: AnyServerEvent): void {
    this.#times.event(event, performance.now());
    const typed = typedText(event);
    if (typed) this.transcript(typed);
  }

  transcript(transcript: Transcript): void {
    if (!transcript.isFinal || this.#isOver) return;
    const { who, text, itemId, heard } = transcript;
    const { from, to } = this.#times.spanOf(itemId, performance.now());
    this.#then(async () => {
      const part = this.#part;
      if (!part?.transcript) return;
      const inPart = (at: number): number =>
        Math.max(0, Math.round(at - this.#beganAt - msOf(part.from)));
      const line = { who, fromMs: inPart(from), toMs: inPart(to), text };
      await this.#options.folder.grow(2 * text.length);
      await part.transcript.write({
        ...line,
        ...(heard !== undefined && { heard }),
      });
    });
  }

  /** @returns when all files are complete; never rejects */
  async close(now: number): Promise<void> {
    if (!this.#isOver) this.#takeUntil(now);
    this.#stop();
    this.#work = this.#work.then(() => this.#endPart());
    await this.#work;
  }

  #tap(): AudioTap {
    const { heard, spoken } = this.#tracks ?? {};
    const times = this.#times;
    return {
      spoken: (audio, format) =>
        spoken?.spoken(audio, format, performance.now()),
      received: (...audio) => heard?.received(...audio),
      finished: (itemId) => heard?.finished(itemId),
      released: (itemId, fromMs, durationMs, startsAt) => {
        heard?.released(itemId, fromMs, durationMs, startsAt);
        times.released(itemId, durationMs, startsAt);
      },
      shift: (lateMs) => {
        heard?.shift(lateMs);
        times.shift(lateMs, performance.now());
      },
      stop: (now) => {
        heard?.stop(now);
        times.stop(now);
      },
    };
  }

  #stop(): void {
    this.#isOver = true;
    this.#removeTap();
  }

  #takeUntil(time: number): void {
    const until = samplesOf(time - this.#beganAt);
    const samples = until - this.#taken;
    if (this.#isOver || samples <= 0) return;
    const { spoken, heard } = this.#tracks ?? {};
    const stereo =
      spoken && heard && interleave(spoken.take(until), heard.take(until));
    this.#taken = until;
    this.#waitingSamples += samples;
    if (this.#waitingSamples > MAX_WAITING_SAMPLES)
      return this.#fail(diskTooSlow(this.#options.folder.folder));
    this.#then(async () => {
      await this.#write(samples, stereo);
      this.#waitingSamples -= samples;
    });
  }

  /** Files are as long as they may be, to the sample. */
  async #write(samples: number, stereo: Buffer | undefined): Promise<void> {
    const maxSamples = samplesOf(this.#options.maxMs);
    for (let done = 0; done < samples;) {
      const part = this.#part;
      if (!part) return;
      const count = Math.min(samples - done, maxSamples - part.samples);
      const [from, to] = [done * FRAME_BYTES, (done + count) * FRAME_BYTES];
      if (stereo) await this.#options.folder.grow(to - from);
      if (stereo) await part.wav?.write(stereo.subarray(from, to));
      done += count;
      part.samples += count;
      if (part.samples < maxSamples) continue;
      await this.#endPart();
      await this.#beginPart(part.from + maxSamples);
    }
  }

  async #beginPart(from: number): Promise<void> {
    const { folder, what } = this.#options;
    const startedAt = new Date(this.#startedAt + msOf(from));
    const base = await folder.begin(this.#key, startedAt);
    const file = `${base}.wav`;
    const head = {
      conversation: this.#key,
      started: startedAt.toISOString(),
      audio: what === "transcript" ? null : path.basename(file),
    };
    // From here on its name is taken, and whatever of it was made has to be closed.
    const part: Part = { base, from, samples: 0 };
    this.#part = part;
    if (what !== "transcript") part.wav = await WavRecording.create(file);
    if (what !== "wav")
      part.transcript = await TranscriptRecording.create(base, head);
  }

  async #endPart(): Promise<void> {
    const part = this.#part;
    this.#part = undefined;
    if (!part) return;
    try {
      await Promise.all([part.wav?.close(), part.transcript?.close()]);
    } catch (thrown) {
      this.#fail(thrown);
    }
    this.#options.folder.end(part.base);
  }

  #then(run: () => Promise<void>): void {
    this.#work = this.#work.then(() => this.#attempt(run));
  }

  async #attempt(run: () => Promise<void>): Promise<void> {
    try {
      if (!this.#hasFailed) await run();
    } catch (thrown) {
      this.#fail(thrown);
      await this.#endPart();
    }
  }

  /** Told once. */
  #fail(thrown: unknown): void {
    this.#stop();
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#options.onFault(recordingFault(thrown, this.#options.folder.folder));
  }
}
