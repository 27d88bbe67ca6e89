/**
 * Splits an interrupted text where the listener was cut off.
 * @param heard - the beginning of `text`, perhaps with other spaces or marks
 * @returns what was heard and what was not; together they are `text`
 */
export function splitHeard(
  text: string,
  heard: string,
): readonly [heard: string, unheard: string] {
  let at = 0;
  for (const letter of heard) {
    if (isGap(letter)) continue;
    let next = at;
    while (next < text.length && isGap(text[next] ?? "")) next += 1;
    if (!text.startsWith(letter, next)) break;
    at = next + letter.length;
  }
  // The full stop behind the last word belongs to it.
  while (at > 0 && isMark(text[at] ?? "")) at += 1;
  return [text.slice(0, at), text.slice(at)];
}

function isGap(letter: string): boolean {
  return /^\s$/.test(letter) || isMark(letter);
}

function isMark(letter: string): boolean {
  return /^\p{P}$/u.test(letter);
}
