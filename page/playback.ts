import { JitterBuffer } from "./audio/jitter-buffer";
import {
  type FromPlayback,
  PLAYBACK,
  type ToPlayback,
} from "./sound/worklet-messages";

/** The loudspeaker's end in the audio thread. Messages are taken between two render quanta, so a flush is heard in the next one. */
class PlaybackProcessor extends AudioWorkletProcessor {
  readonly #buffer = new JitterBuffer(sampleRate);

  constructor(options?: AudioWorkletNodeOptions) {
    super(options);
    this.port.onmessage = ({ data }: MessageEvent<ToPlayback>) =>
      this.#take(data);
  }

  process(
    _inputs: readonly (readonly Float32Array[])[],
    outputs: readonly (readonly Float32Array[])[],
  ): boolean {
    const out = outputs[0]?.[0];
    if (!out) return true;
    this.#buffer.pull(out);
    const reports = this.#buffer.takeReports();
    if (reports.length > 0) this.#post(reports);
    return true;
  }

  #take(message: ToPlayback): void {
    const buffer = this.#buffer;
    if (message.kind === "begin") buffer.begin(message.stream, message.rate);
    else if (message.kind === "audio") buffer.push(message.stream, message.pcm);
    else if (message.kind === "end") buffer.end(message.stream);
    else buffer.flush();
  }

  #post(reports: FromPlayback["reports"]): void {
    const { gaps, refusedMs, queuedMs, startMs } = this.#buffer;
    const message: FromPlayback = {
      reports,
      gaps,
      refusedMs,
      queuedMs,
      startMs,
    };
    this.port.postMessage(message);
  }
}

registerProcessor(PLAYBACK, PlaybackProcessor);
