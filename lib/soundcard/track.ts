/** How far one item of a reply has got: what came, and what of it was heard. Times are milliseconds of the item's own sound. */
export class Track<Source> {
  /** Whatever the sound belongs to; handed back with each report. */
  readonly source: Source;
  receivedMs = 0;
  heardMs = 0;
  /** The last position that was told. */
  toldMs = 0;

  constructor(source: Source) {
    this.source = source;
  }

  get isHeard(): boolean {
    // Durations are fractions at 22,050 and 44,100 Hz, and sums of them are not exact.
    return this.heardMs >= this.receivedMs - 0.001;
  }
}
