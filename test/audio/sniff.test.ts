import assert from "node:assert/strict";
import { sniffAudio, writeWav } from "../../lib/audio/index";
import { noise, randomFrom, tone } from "./signals";

/** Empty MPEG-1 layer III frames of 128 kbit/s at 44.1 kHz, or their like by another header. */
function frames(header: string, frameBytes: number, count: number): Buffer {
  const frame = Buffer.alloc(frameBytes);
  frame.write(header, "hex");
  return Buffer.concat(Array<Buffer>(count).fill(frame));
}

describe("sniffAudio", () => {
  const begin: readonly (readonly [string, Buffer])[] = [
    ["wav", writeWav(Buffer.alloc(4), { sampleRate: 8000 })],
    ["mp3", Buffer.from("ID3\x04\0\0\0\0\x01\x76", "latin1")],
    ["mp3", frames("fffb9000", 417, 3)],
    ["mp3", frames("fff364c4", 144, 2)],
    ["aac", frames("fff150800d1ffc", 104, 3)],
    ["ogg", Buffer.from("OggS\0\x02\0\0", "latin1")],
    ["webm", Buffer.from("1a45dfa39f428681", "hex")],
    ["flac", Buffer.from("fLaC\0\0\0\x22", "latin1")],
    ["mp4", Buffer.from("\0\0\0\x20ftypM4A \0\0", "latin1")],
    ["aiff", Buffer.from("FORM\0\0\0\0AIFF", "latin1")],
    ["aiff", Buffer.from("FORM\0\0\0\0AIFC", "latin1")],
    [
      "au",
      Buffer.from("2e736e6400000018000000000000000100001f4000000001", "hex"),
    ],
    ["caf", Buffer.from("caff\0\x01\0\0", "latin1")],
    ["amr", Buffer.from("#!AMR\n", "latin1")],
    ["png", Buffer.from("\x89PNG\r\n\x1a\n", "latin1")],
    ["jpeg", Buffer.from("\xff\xd8\xff\xe0\0\x10JFIF\0\x01", "latin1")],
    ["jpeg", Buffer.from("\xff\xd8\xff\xe1\x0c\0Exif\0\0", "latin1")],
    ["pdf", Buffer.from("%PDF-1.7\n", "latin1")],
    ["zip", Buffer.from("PK\x03\x04\x14\0", "latin1")],
  ];
  for (const [kind, data] of begin) {
    it(`knows ${kind} by ${data.subarray(0, 8).toString("hex")}…`, () => {
      assert.equal(sniffAudio(data), kind);
    });
  }

  it("calls a beginning of less than the magic bytes raw", () => {
    for (const [kind, data] of begin)
      assert.equal(sniffAudio(data.subarray(0, 3)), "raw", kind);
    assert.equal(sniffAudio(Buffer.alloc(0)), "raw");
  });

  it("takes one MP3 header without a second for raw", () => {
    assert.equal(sniffAudio(frames("fffb9000", 417, 1)), "raw");
    assert.equal(
      sniffAudio(
        Buffer.concat([frames("fffb9000", 417, 1), Buffer.alloc(600)]),
      ),
      "raw",
    );
    assert.equal(
      sniffAudio(
        Buffer.concat([frames("fffb9000", 417, 2), Buffer.alloc(600)]),
      ),
      "raw",
    );
  });

  it("does not take MPEG layer II for MP3", () => {
    assert.equal(sniffAudio(frames("fffd9000", 417, 4)), "raw");
  });

  it("takes 100,000 chunks of noise that begin like an MP3 frame for raw", () => {
    const random = randomFrom(7);
    const chunk = noise(1920, random);
    for (let i = 0; i < 100_000; i += 1) {
      chunk[0] = 0xff;
      chunk[1] = 0xe0 | Math.floor(random() * 32);
      chunk[2] = Math.floor(random() * 256);
      chunk[Math.floor(random() * 1920)] = 0xff;
      assert.equal(
        sniffAudio(chunk),
        "raw",
        `seed 7, round ${i}: ${chunk.subarray(0, 4).toString("hex")}`,
      );
    }
  });

  it("takes silence, tones and quiet noise around zero for raw", () => {
    const random = randomFrom(11);
    assert.equal(sniffAudio(Buffer.alloc(4096)), "raw");
    assert.equal(sniffAudio(Buffer.alloc(4096, 0xff)), "raw");
    assert.equal(sniffAudio(tone(440, 24000, 2048, 0.5)), "raw");
    for (let round = 0; round < 20_000; round += 1) {
      const quiet = Int16Array.from(
        { length: 480 },
        () => Math.floor(random() * 3) - 1,
      );
      assert.equal(
        sniffAudio(Buffer.from(quiet.buffer)),
        "raw",
        `seed 11, round ${round}`,
      );
    }
  });
});
