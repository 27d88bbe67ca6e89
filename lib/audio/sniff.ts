/**
 * What a piece of audio data is, by its first bytes; `raw` when no container or codec shows itself. A picture, a document or
 * an archive in its place is named, too.
 */
export type AudioKind =
  | "wav"
  | "mp3"
  | "aac"
  | "ogg"
  | "webm"
  | "flac"
  | "mp4"
  | "aiff"
  | "au"
  | "caf"
  | "amr"
  | "png"
  | "jpeg"
  | "pdf"
  | "zip"
  | "raw";

/**
 * Names the container or codec of audio data. Raw PCM has no mark of its own, so each test asks for more than a few chance
 * bits: four magic bytes or more, or an MPEG header that is confirmed by the next one.
 * @param data - the beginning of a file or stream; about 2 kB are enough for MP3 without an ID3 tag
 */
export function sniffAudio(data: Buffer): AudioKind {
  return SIGNATURES.find(([, matches]) => matches(data))?.[0] ?? "raw";
}

type Signature = readonly [AudioKind, (data: Buffer) => boolean];

const SIGNATURES: readonly Signature[] = [
  [
    "wav",
    (data) =>
      hasText(data, 8, "WAVE") &&
      ["RIFF", "RIFX", "RF64"].some((id) => hasText(data, 0, id)),
  ],
  [
    "aiff",
    (data) =>
      hasText(data, 0, "FORM") &&
      (hasText(data, 8, "AIFF") || hasText(data, 8, "AIFC")),
  ],
  ["ogg", (data) => hasText(data, 0, "OggS\0") && (data[5] ?? 0xff) < 8],
  ["flac", (data) => hasText(data, 0, "fLaC") && hasBytes(data, 5, [0, 0, 34])],
  ["webm", (data) => hasBytes(data, 0, [0x1a, 0x45, 0xdf, 0xa3])],
  // The size of the first box precedes its name, and no `ftyp` box reaches 64 kB.
  ["mp4", (data) => hasBytes(data, 0, [0, 0]) && hasText(data, 4, "ftyp")],
  [
    "au",
    (data) =>
      hasText(data, 0, ".snd") &&
      data.length >= 24 &&
      data.readUInt32BE(4) >= 24 &&
      data.readUInt32BE(12) <= 27,
  ],
  ["caf", (data) => hasText(data, 0, "caff") && hasBytes(data, 4, [0, 1])],
  ["amr", (data) => hasText(data, 0, "#!AMR")],
  ["png", (data) => hasText(data, 0, "\x89PNG\r\n")],
  // The mark is of three bytes only; what a camera or a program writes goes on with one of these names.
  [
    "jpeg",
    (data) =>
      hasBytes(data, 0, [0xff, 0xd8, 0xff]) &&
      (hasText(data, 6, "JFIF\0") || hasText(data, 6, "Exif\0")),
  ],
  ["pdf", (data) => hasText(data, 0, "%PDF-")],
  ["zip", (data) => hasText(data, 0, "PK\x03\x04")],
  [
    "mp3",
    (data) => hasId3Tag(data) || hasConsecutiveFrames(data, mp3FrameBytes),
  ],
  ["aac", (data) => hasConsecutiveFrames(data, adtsFrameBytes)],
];

function hasText(data: Buffer, at: number, text: string): boolean {
  return (
    data.length >= at + text.length &&
    data.toString("latin1", at, at + text.length) === text
  );
}

function hasBytes(data: Buffer, at: number, bytes: readonly number[]): boolean {
  return bytes.every((byte, i) => data[at + i] === byte);
}

/** ID3v2: versions 2 to 4, low flag bits zero, and a size in four bytes of 7 bits. */
function hasId3Tag(data: Buffer): boolean {
  if (data.length < 10 || !hasText(data, 0, "ID3")) return false;
  const [, , , version = 0, , flags = 0] = data;
  const sizeBytes = [...data.subarray(6, 10)];
  return (
    version >= 2 &&
    version <= 4 &&
    (flags & 0x0f) === 0 &&
    sizeBytes.every((byte) => byte < 0x80)
  );
}

/** More than two headers are asked for when the data is long enough to hold them: quiet PCM is full of 0xFF bytes. */
const FRAMES_TO_CONFIRM = 4;

/** Enough for both headers: 4 bytes in MPEG audio, 7 in ADTS. It is the reason for each `!` below: the bytes are there. */
const HEADER_BYTES = 7;

function hasConsecutiveFrames(
  data: Buffer,
  frameBytesAt: (data: Buffer, at: number) => number,
): boolean {
  let at = 0;
  for (let frames = 0; frames < FRAMES_TO_CONFIRM; frames += 1) {
    if (at + HEADER_BYTES > data.length) return frames >= 2;
    const frameBytes = frameBytesAt(data, at);
    if (frameBytes === 0 || !isSameStream(data, at)) return false;
    at += frameBytes;
  }
  return true;
}

/** Sync, version, layer and sample rate never change inside a stream; these bits carry them in MPEG audio and ADTS alike. */
function isSameStream(data: Buffer, at: number): boolean {
  return (
    data[at] === data[0] &&
    data[at + 1] === data[1] &&
    (data[at + 2]! & 0x0c) === (data[2]! & 0x0c)
  );
}

const MP3_KBITS_VERSION_1 = [
  0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0,
];
const MP3_KBITS_VERSION_2 = [
  0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0,
];
/** Hz, by the version bits: MPEG 2.5, reserved, MPEG 2, MPEG 1. */
const MP3_RATES = [
  [11025, 12000, 8000, 0],
  [0, 0, 0, 0],
  [22050, 24000, 16000, 0],
  [44100, 48000, 32000, 0],
];

/** Length of the layer III frame whose header is at `at`, or 0 when there is none. */
function mp3FrameBytes(data: Buffer, at: number): number {
  const second = data[at + 1]!;
  const third = data[at + 2]!;
  const version = (second >> 3) & 3;
  if (data[at] !== 0xff || (second & 0xe6) !== 0xe2) return 0;
  const table = version === 3 ? MP3_KBITS_VERSION_1 : MP3_KBITS_VERSION_2;
  const kbits = table[third >> 4]!;
  const rate = MP3_RATES[version]![(third >> 2) & 3]!;
  if (kbits === 0 || rate === 0) return 0;
  return (
    Math.floor(((version === 3 ? 144 : 72) * kbits * 1000) / rate) +
    ((third >> 1) & 1)
  );
}

/** Length of the ADTS frame whose header is at `at`, or 0 when there is none. */
function adtsFrameBytes(data: Buffer, at: number): number {
  if (data[at] !== 0xff || (data[at + 1]! & 0xf6) !== 0xf0) return 0;
  const rateIndex = (data[at + 2]! >> 2) & 0x0f;
  const length =
    ((data[at + 3]! & 3) << 11) | (data[at + 4]! << 3) | (data[at + 5]! >> 5);
  return rateIndex < 13 && length > 7 ? length : 0;
}
