/**
 * Joins neighbours, as many as make no more than `mostBytes`; what is longer by itself stays as it is.
 * @returns all audio in its order
 */
export function joined(
  pieces: readonly Buffer[],
  mostBytes: number,
): readonly Buffer[] {
  const groups: Buffer[][] = [];
  let room = 0;
  for (const piece of pieces) {
    const last = groups.at(-1);
    if (last && piece.length <= room) {
      last.push(piece);
      room -= piece.length;
    } else {
      groups.push([piece]);
      room = mostBytes - piece.length;
    }
  }
  return groups.map((group) => Buffer.concat(group));
}
