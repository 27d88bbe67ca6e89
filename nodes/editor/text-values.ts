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
