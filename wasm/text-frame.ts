// AssemblyScript: built to dist/lib/client/text-frame.wasm. Sixteen letters of base64 at a time, where a loop of JavaScript does
// one, and no text in between. Whoever calls writes the parts of frames at the addresses below.

/** What stands before the base64; at most 256 bytes. */
export const BEFORE: u32 = 0x1000;
/** What stands behind it; at most 256 bytes. */
export const AFTER: u32 = 0x1100;
/** Room for the bytes themselves, of one frame or of many; up to 15 bytes behind it are read. */
export const ROOM: u32 = 0x2000;
export const ROOM_BYTES: u32 = 0x10000;
/** The text of a frame, behind its head. The last address that is written is below the end of three pages of 64 KiB (scripts/build-wasm.mjs). */
const TEXT: u32 = 0x13000;

const BYTES_PER_ROUND: u32 = 12;
const LETTERS_PER_ROUND: u32 = 16;

/**
 * Builds a masked WebSocket frame of text (RFC 6455 §5.2): `before`, base64 (RFC 4648 §4) of the data, `after`.
 * @param dataAt - where in the room the data begins; two bytes behind it are written
 * @param mask - its four bytes, the first one lowest
 * @returns address of the frame, which ends at `end()`
 */
export function build(
  beforeBytes: u32,
  dataAt: u32,
  dataBytes: u32,
  afterBytes: u32,
  mask: u32,
): u32 {
  copy(BEFORE, beforeBytes, TEXT);
  const base64End = encode(ROOM + dataAt, dataBytes, TEXT + beforeBytes);
  copy(AFTER, afterBytes, base64End);
  textEnd = base64End + afterBytes;
  maskText(textEnd, mask);
  return writeHead(textEnd - TEXT, mask);
}

let textEnd: u32 = TEXT;

/** Where the last frame ends. */
export function end(): u32 {
  return textEnd;
}

/** For a few bytes; what it writes behind them is written over, or behind the frame. */
function copy(from: u32, bytes: u32, to: u32): void {
  for (let done: u32 = 0; done < bytes; done += 16)
    v128.store(to + done, v128.load(from + done));
}

/** @returns where the letters end */
function encode(from: u32, bytes: u32, to: u32): u32 {
  const dataEnd = from + bytes;
  // The last round may look beyond the data: what is there counts as zero.
  store<u16>(dataEnd, 0);
  let at = from;
  let letters = to;
  // With the question at the end V8 keeps the constants in registers: half as fast again. A round too many does no harm.
  do {
    v128.store(letters, lettersOf(sextets(v128.load(at))));
    at += BYTES_PER_ROUND;
    letters += LETTERS_PER_ROUND;
  } while (at < dataEnd);
  const lettersEnd = to + ((bytes + 2) / 3) * 4;
  const rest = bytes % 3;
  if (rest === 1) store<u8>(lettersEnd - 2, 0x3d); // =
  if (rest > 0) store<u8>(lettersEnd - 1, 0x3d);
  return lettersEnd;
}

/** @returns the first twelve bytes as sixteen numbers below 64 */
function sextets(bytes: v128): v128 {
  // Three bytes in the low ones of four, the first highest.
  // prettier-ignore
  const triple = i8x16.shuffle(
    bytes, bytes,
    2, 1, 0, 0, 5, 4, 3, 0, 8, 7, 6, 0, 11, 10, 9, 0,
  );
  return v128.or(
    v128.or(
      v128.and(i32x4.shr_u(triple, 18), i32x4.splat(0x0000003f)),
      v128.and(i32x4.shr_u(triple, 4), i32x4.splat(0x00003f00)),
    ),
    v128.or(
      v128.and(i32x4.shl(triple, 10), i32x4.splat(0x003f0000)),
      v128.and(i32x4.shl(triple, 24), i32x4.splat(0x3f000000)),
    ),
  );
}

/** From a number to its letter: small letters first, then ten figures, plus, slash, and at last the capitals. */
// prettier-ignore
const STEPS: v128 = i8x16(
  71, -4, -4, -4, -4, -4, -4, -4, -4, -4, -4, -19, -16, 65, 0, 0,
);
const CAPITALS: i8 = 13;

function lettersOf(numbers: v128): v128 {
  // 0 up to 51, then one step for each number.
  const beyond = i8x16.sub_sat_u(numbers, i8x16.splat(51));
  const isCapital = i8x16.lt_u(numbers, i8x16.splat(26));
  const step = v128.or(beyond, v128.and(isCapital, i8x16.splat(CAPITALS)));
  return i8x16.add(numbers, i8x16.swizzle(STEPS, step));
}

function maskText(end: u32, mask: u32): void {
  const masks = i32x4.splat(mask);
  // What is masked behind the end belongs to nobody.
  for (let at = TEXT; at < end; at += 16)
    v128.store(at, v128.xor(v128.load(at), masks));
}

/** @returns where it begins */
function writeHead(length: u32, mask: u32): u32 {
  store<u32>(TEXT - 4, mask);
  if (length < 126) {
    store<u16>(TEXT - 6, 0x8081 | ((length as u16) << 8));
    return TEXT - 6;
  }
  // Final and text, masked, and two or eight bytes of length, the highest one first.
  if (length < 0x10000) {
    store<u16>(TEXT - 6, bswap<u16>(length as u16));
    store<u16>(TEXT - 8, 0xfe81);
    return TEXT - 8;
  }
  store<u64>(TEXT - 12, bswap<u64>(length));
  store<u16>(TEXT - 14, 0xff81);
  return TEXT - 14;
}
