/** The texts of a list as one line: `red, green, "a, b"`. Quotes keep what a comma or a space at an end would change. */
export function writeWords(words: readonly string[]): string {
  return words
    .map((word) => (isPlain(word) ? word : JSON.stringify(word)))
    .join(", ");
}

/** @returns undefined when a quote is left open, or an entry is empty */
export function readWords(line: string): readonly string[] | undefined {
  if (line.trim() === "") return [];
  const words: string[] = [];
  const entry = /\s*(?:("(?:[^"\\]|\\.)*")\s*|([^,"\s][^,]*))(,|$)/y;
  let end: string | undefined = ",";
  while (end === ",") {
    const [, quoted, plain, next] = entry.exec(line) ?? [];
    const word = quoted === undefined ? plain?.trim() : unquoted(quoted);
    if (word === undefined || (quoted === undefined && word === ""))
      return undefined;
    words.push(word);
    end = next;
  }
  return words;
}

function unquoted(text: string): string | undefined {
  try {
    return JSON.parse(text) as string; // it is within quotes
  } catch {
    return undefined;
  }
}

function isPlain(word: string): boolean {
  return word !== "" && word === word.trim() && !/[",\n\r]/.test(word);
}
