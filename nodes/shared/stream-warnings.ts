import type { ConverterCounts } from "../../lib/audio";

/** What an audio node has to say about a stream: each kind of thing once, until the stream ends. */
export class StreamWarnings {
  readonly #say: (text: string) => void;
  readonly #said = new Set<string>();

  constructor(say: (text: string) => void) {
    this.#say = say;
  }

  /** @param kind - names what is said once */
  warn(kind: string, text: string): void {
    if (this.#said.has(kind)) return;
    this.#said.add(kind);
    this.#say(text);
  }

  /** What a converter had counted before and after one message. */
  corrected(before: ConverterCounts, after: ConverterCounts): void {
    const notNumbers = after.notNumbers - before.notNumbers;
    const infinities = after.infinities - before.infinities;
    if (notNumbers > 0)
      this.warn(
        "notNumbers",
        `The floating-point audio holds values that are no number (${notNumbers} in this message): they become silence.`,
      );
    if (infinities > 0)
      this.warn(
        "infinities",
        `The floating-point audio holds infinite values (${infinities} in this message): they are clipped.`,
      );
  }

  /** The stream is over. @param droppedBytes - of samples that were not whole */
  ended(droppedBytes: number): void {
    if (droppedBytes > 0)
      this.warn(
        "dropped",
        `The audio ended inside a sample: ${droppedBytes} bytes were dropped. Does it have the format that it says?`,
      );
    this.#said.clear();
  }
}
