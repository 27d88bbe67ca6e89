// AssemblyScript: built to dist/lib/client/base64.wasm. Decodes base64 (RFC 4648 §4) where sockets have read it, sixteen letters at
// a time, with no text in between.

/** Room that sockets read into; up to 15 bytes behind it are read, too. */
export const READS: u32 = 0x2000;
export const READS_BYTES: u32 = 0x10000;
/** What was decoded last; up to 4 bytes behind it are written. It ends below three pages of 64 KiB (scripts/build-wasm.mjs). */
export const DECODED: u32 = 0x13000;

const LETTERS_PER_ROUND: u32 = 16;
const BYTES_PER_ROUND: u32 = 12;

// What a byte may be shows in its two halves: it is a letter where no bit is set in both of these.
// prettier-ignore
const LOW_HALVES: v128 = i8x16(
  0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11,
  0x11, 0x11, 0x13, 0x1a, 0x1b, 0x1b, 0x1b, 0x1a,
);
// prettier-ignore
const HIGH_HALVES: v128 = i8x16(
  0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08,
  0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10,
);
/** From a letter to its number, by its high half; a slash, which shares its half with the plus, goes by the first. */
// prettier-ignore
const STEPS: v128 = i8x16(
  0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0,
);
// prettier-ignore
const PLACES: v128 = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);

const SLASH: i8 = 0x2f;
const ZERO: i8 = 0x41; // A

/**
 * @param letters - how many, without padding; at least one
 * @returns whether all are letters of base64: only then what stands at `DECODED` means something
 */
export function decode(from: u32, letters: u32): bool {
  const end = from + letters;
  let strange = i8x16.splat(0);
  let at = from;
  let to = DECODED;
  // With the question at the end V8 keeps the constants in registers.
  if (letters >= LETTERS_PER_ROUND)
    do {
      const round = v128.load(at);
      strange = v128.or(strange, strangeIn(round));
      v128.store(to, bytesOf(round));
      at += LETTERS_PER_ROUND;
      to += BYTES_PER_ROUND;
    } while (at + LETTERS_PER_ROUND <= end);
  if (at < end) {
    const isLetter = i8x16.lt_u(PLACES, i8x16.splat((end - at) as i8));
    const round = v128.bitselect(v128.load(at), i8x16.splat(ZERO), isLetter);
    strange = v128.or(strange, strangeIn(round));
    v128.store(to, bytesOf(round));
  }
  return !v128.any_true(strange);
}

/** @returns zero for each byte that is a letter */
function strangeIn(letters: v128): v128 {
  const low = v128.and(letters, i8x16.splat(15));
  const high = i8x16.shr_u(letters, 4);
  return v128.and(
    i8x16.swizzle(LOW_HALVES, low),
    i8x16.swizzle(HIGH_HALVES, high),
  );
}

/** @returns twelve bytes, and four that mean nothing */
function bytesOf(letters: v128): v128 {
  const isSlash = i8x16.eq(letters, i8x16.splat(SLASH));
  const half = i8x16.add(isSlash, i8x16.shr_u(letters, 4));
  const numbers = i8x16.add(letters, i8x16.swizzle(STEPS, half));
  // The first of four is the highest of three bytes.
  const triples = v128.or(
    v128.or(
      i32x4.shl(v128.and(numbers, i32x4.splat(0x3f)), 18),
      i32x4.shl(v128.and(numbers, i32x4.splat(0x3f00)), 4),
    ),
    v128.or(
      i32x4.shr_u(v128.and(numbers, i32x4.splat(0x3f0000)), 10),
      i32x4.shr_u(numbers, 24),
    ),
  );
  // prettier-ignore
  return i8x16.shuffle(
    triples, triples,
    2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, 0, 0, 0, 0,
  );
}
