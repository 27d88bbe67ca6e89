import { faultOf } from "./diagnosis";
import type { VoiceLiveError } from "./errors";

/** A service that sends nothing else would fill the log. */
const TELL_EVERY_MS = 10_000;

/** Messages of the service that cannot be read: all are counted, and now and then one report tells how many. */
export class UnreadableFrames {
  #total = 0;
  #untold = 0;
  #toldAt = Number.NEGATIVE_INFINITY;

  get total(): number {
    return this.#total;
  }

  /**
   * @param reason - names the member at fault, never its value
   * @returns the report that is due, if one is
   */
  add(reason: string, now: number): VoiceLiveError | undefined {
    this.#total++;
    this.#untold++;
    if (now - this.#toldAt < TELL_EVERY_MS) return undefined;
    const untold = this.#untold;
    this.#toldAt = now;
    this.#untold = 0;
    return faultOf("unreadable", {
      said: untold === 1 ? reason : `${untold} more, the last: ${reason}`,
    });
  }
}
