import { PlayoutStream } from "./playout-stream";

/** How much of a stream was played: see `PlayedReport` of the page's protocol. */
export interface Played {
  readonly stream: number;
  readonly samples: number;
  readonly ended: boolean;
}

/**
 * What has to be there before a stream begins. A frame that is 100 ms late is survived with 40 ms in hand: one frame, since audio
 * comes in whole ones. Where the node sends ahead (audio out does, by 200 ms) it costs no time at all.
 */
const START_MS = 140;
/** A network that needs more is not cured by waiting longer. */
const MAX_START_MS = 400;
/** Each gap asks for so much more … */
const STEP_UP_MS = 60;
/** … and each stream without one lets so much go again. */
const STEP_DOWN_MS = 20;
/** The node holds at most 120 s (design.md §5.5); with this much waiting, it is not a node that sends. */
const MAX_QUEUED_MS = 130_000;
/** Between two reports of a stream; what is estimated in between is off by the clocks' difference only. */
const REPORT_MS = 40;

/**
 * Holds what came from the node until the loudspeaker wants it: one stream after another, each begins when enough of it is there
 * to survive jitter. It has no clock but the samples that are pulled.
 */
export class JitterBuffer {
  readonly #rate: number;
  #streams: PlayoutStream[] = [];
  #reports: Played[] = [];
  /** Flushed, but heard for one more pull. */
  #fading: PlayoutStream[] = [];
  #startMs = START_MS;
  #hadGap = false;
  #sinceReport = 0;
  #gaps = 0;
  #refusedMs = 0;

  /** @param rate - Hz, of the loudspeaker */
  constructor(rate: number) {
    this.#rate = rate;
  }

  /** A stream begins; what came before it is complete. */
  begin(id: number, rate: number): void {
    if (this.#find(id)) return;
    for (const stream of this.#streams) stream.end();
    this.#streams.push(new PlayoutStream(id, rate, this.#rate));
  }

  /**
   * Audio of a stream that is unknown, flushed or over is ignored; so is what would wait longer than the bound.
   * @param pcm - kept, not copied
   */
  push(id: number, pcm: Int16Array): void {
    const stream = this.#find(id);
    if (!stream || stream.hasEnd) return;
    const ms = (pcm.length / stream.rate) * 1_000;
    if (this.queuedMs + ms > MAX_QUEUED_MS) this.#refusedMs += ms;
    else {
      if (stream.isDry) this.#countGap(stream);
      stream.push(pcm);
    }
  }

  /** Nothing more comes for this stream. */
  end(id: number): void {
    this.#find(id)?.end();
  }

  /** The next pull fades out, and everything is silent from its end on. */
  flush(): void {
    this.#fading.push(...this.#streams);
    this.#streams = [];
  }

  /** Audio that waits, ms. */
  get queuedMs(): number {
    return this.#streams.reduce((sum, stream) => sum + stream.queuedMs, 0);
  }

  /** How often a stream had to wait in its middle. */
  get gaps(): number {
    return this.#gaps;
  }

  /** Audio that did not fit, ms. */
  get refusedMs(): number {
    return this.#refusedMs;
  }

  /** What is waited for before a stream begins, ms. */
  get startMs(): number {
    return this.#startMs;
  }

  /** Something is heard. */
  get isSounding(): boolean {
    return this.#streams[0]?.isSounding ?? false;
  }

  /** Fills `out` with what is next, and with silence where nothing is. */
  pull(out: Float32Array): void {
    if (this.#fading.length > 0) this.#fade(out);
    else out.fill(0, this.#play(this.#streams, out));
    this.#sinceReport += out.length;
    if (this.#sinceReport >= (this.#rate * REPORT_MS) / 1_000) this.#report();
  }

  /** What is to be told the node, once each. */
  takeReports(): readonly Played[] {
    const reports = this.#reports;
    if (reports.length > 0) this.#reports = [];
    return reports;
  }

  #play(streams: PlayoutStream[], out: Float32Array): number {
    let at = 0;
    for (;;) {
      const [stream] = streams;
      if (!stream || !this.#mayPlay(stream, out.length - at)) return at;
      at += stream.read(out, at);
      if (stream.isOver) this.#finish(streams);
      else if (at < out.length) {
        this.#dry(stream);
        return at;
      } else return at;
    }
  }

  /** Begins a stream when enough of it waits, or when it has waited so long that there should be enough. */
  #mayPlay(stream: PlayoutStream, samples: number): boolean {
    if (stream.isSounding) return true;
    const { queuedMs } = stream;
    const waitedMs = (stream.waitedSamples / this.#rate) * 1_000;
    stream.isSounding =
      stream.hasEnd ||
      queuedMs >= this.#startMs ||
      (queuedMs > 0 && waitedMs >= this.#startMs);
    if (!stream.isSounding && queuedMs > 0) stream.waitedSamples += samples;
    return stream.isSounding;
  }

  /** The end of a reply is told when it should have been heard, so running out is no gap before more comes. */
  #dry(stream: PlayoutStream): void {
    stream.isSounding = false;
    stream.isDry = true;
    stream.waitedSamples = 0;
  }

  #countGap(stream: PlayoutStream): void {
    stream.isDry = false;
    this.#gaps += 1;
    this.#hadGap = true;
    this.#startMs = Math.min(this.#startMs + STEP_UP_MS, MAX_START_MS);
  }

  #finish(streams: PlayoutStream[]): void {
    const stream = streams.shift();
    if (stream) this.#reports.push(reportOf(stream, true));
    if (!this.#hadGap)
      this.#startMs = Math.max(this.#startMs - STEP_DOWN_MS, START_MS);
    this.#hadGap = false;
  }

  /** A cut in the middle of a wave is a click; a ramp over one quantum is none. */
  #fade(out: Float32Array): void {
    const isSounding = this.#fading[0]?.isSounding ?? false;
    const filled = isSounding ? this.#play(this.#fading, out) : 0;
    out.fill(0, filled);
    for (let index = 0; index < filled; index += 1)
      out[index]! *= 1 - (index + 1) / out.length;
    for (const stream of this.#fading)
      this.#reports.push(reportOf(stream, true));
    this.#fading = [];
  }

  #report(): void {
    this.#sinceReport = 0;
    const [stream] = this.#streams;
    if (!stream || stream.played === (stream.reported ?? 0)) return;
    this.#reports.push(reportOf(stream, false));
  }

  #find(id: number): PlayoutStream | undefined {
    return this.#streams.find((stream) => stream.id === id);
  }
}

function reportOf(stream: PlayoutStream, ended: boolean): Played {
  stream.reported = stream.played;
  return { stream: stream.id, samples: stream.played, ended };
}
