/** A number where the text is one, else the text itself, so that `${NAME}` survives. */
export function numberOrText(text: string): number | string {
  const trimmed = text.trim();
  return trimmed !== "" && Number.isFinite(Number(trimmed))
    ? Number(trimmed)
    : trimmed;
}

/** The parts of a list that the user typed, without blanks and empty parts. */
export function listFrom(text: string, separator: RegExp): string[] {
  return text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

/** The pairs of a text with one `name: value` a line, or `undefined` when a line is none. */
export function mapFrom(text: string): Record<string, string> | undefined {
  const pairs = listFrom(text, /\n/).map((line) =>
    /^([^:]+?)\s*:\s*(.*)$/.exec(line),
  );
  if (pairs.includes(null)) return undefined;
  return Object.fromEntries(
    pairs.map((pair) => [pair?.[1] ?? "", pair?.[2] ?? ""]),
  );
}
