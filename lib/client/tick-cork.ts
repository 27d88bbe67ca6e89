import type { Writable } from "node:stream";

/** Rises at the end of each tick in which something was written. */
let tick = 0;
let isEnding = false;
/** Streams that have been written to more than once in this tick. */
let corked: Writable[] = [];

/**
 * What is written to a stream in one tick leaves in two pieces at most: the first write, nearly always the only one, does not
 * wait, and the others leave together at the tick's end.
 */
export class TickCork {
  readonly #stream: Writable;
  #writtenIn = -1;

  constructor(stream: Writable) {
    this.#stream = stream;
  }

  /** To be called before each write. */
  beforeWrite(): void {
    if (!isEnding) {
      isEnding = true;
      process.nextTick(endTick);
    }
    if (this.#writtenIn !== tick) this.#writtenIn = tick;
    else if (this.#stream.writableCorked === 0) {
      this.#stream.cork();
      corked.push(this.#stream);
    }
  }
}

function endTick(): void {
  tick++;
  isEnding = false;
  const streams = corked;
  corked = [];
  for (const stream of streams) stream.uncork();
}
