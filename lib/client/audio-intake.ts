import { AudioDeltaReader, type AudioDelta } from "../protocol";
import type { FrameTaker } from "./frame-filter";
import { decodeRead } from "./read-memory";

/** Takes what the assistant says, many times a second. */
export interface AudioSink {
  /** @param event - one object for all pieces of an item */
  audio(event: AudioDelta, audio: Buffer): void;
}

/** A session's way in for audio: nearly every frame is a piece like the one before it, known before the socket has read it. */
export class AudioIntake implements FrameTaker {
  readonly #reader = new AudioDeltaReader(decodeRead);
  readonly #onThrown: (thrown: unknown) => void;
  /** Without it nothing is taken. */
  sink: AudioSink | undefined;

  /** @param onThrown - hears what goes wrong in the sink, where else it would reach the socket's emitter and end the process */
  constructor(onThrown: (thrown: unknown) => void) {
    this.#onThrown = onThrown;
  }

  take(frame: Buffer): boolean {
    const read = this.sink && this.#reader.read(frame);
    if (!read) return false;
    try {
      this.sink?.audio(read.event, read.audio);
    } catch (thrown) {
      this.#onThrown(thrown);
    }
    return true;
  }

  /** A piece that was read in the long way: those behind it will be like it. */
  receive(frame: Buffer, event: AudioDelta, audio: Buffer): void {
    this.#reader.learn(frame, event);
    this.sink?.audio(event, audio);
  }
}
