/** A word with its assumed place in the speech. */
export interface SpreadWord {
  readonly word: string;
  readonly offsetMs: number;
  readonly lengthMs: number;
}

/** Spreads words over a sound, each as long as its letters deserve. */
export function spreadWords(
  words: readonly string[],
  totalMs: number,
): SpreadWord[] {
  const letters = words.reduce((sum, word) => sum + word.length, 0);
  let before = 0;
  return words.map((word) => {
    const offsetMs = (before / letters) * totalMs;
    before += word.length;
    return { word, offsetMs, lengthMs: (word.length / letters) * totalMs };
  });
}

/** Takes the words that begin before `dueMs` off the front. */
export function takeDue(words: SpreadWord[], dueMs: number): SpreadWord[] {
  const later = words.findIndex(({ offsetMs }) => offsetMs >= dueMs);
  return words.splice(0, later < 0 ? words.length : later);
}
