import assert from "node:assert/strict";
import {
  parseWav,
  wavHeader,
  type WavEncoding,
  writeWav,
} from "../../lib/audio/index";

const GUID_FLOAT = "0300000000001000800000aa00389b71";
const DATA = Buffer.from("0100feff0300fcff", "hex");

function chunk(id: string, content: Buffer, size = content.length): Buffer {
  const head = Buffer.alloc(8);
  head.write(id, "latin1");
  head.writeUInt32LE(size, 4);
  return Buffer.concat([head, content, Buffer.alloc(content.length % 2)]);
}

function riff(chunks: readonly Buffer[], size?: number): Buffer {
  const content = Buffer.concat([Buffer.from("WAVE"), ...chunks]);
  return chunk("RIFF", content, size ?? content.length);
}

function fmt({
  code = 1,
  channels = 1,
  sampleRate = 24000,
  block = 2,
  bits = 16,
  extra = "",
} = {}): Buffer {
  const content = Buffer.alloc(16);
  content.writeUInt16LE(code, 0);
  content.writeUInt16LE(channels, 2);
  content.writeUInt32LE(sampleRate, 4);
  content.writeUInt32LE(sampleRate * block, 8);
  content.writeUInt16LE(block, 12);
  content.writeUInt16LE(bits, 14);
  return chunk("fmt ", Buffer.concat([content, Buffer.from(extra, "hex")]));
}

const bitsOf = (encoding: WavEncoding): number =>
  parseWav(writeWav(Buffer.alloc(8), { sampleRate: 8000, encoding })).bits;

describe("writeWav", () => {
  it("writes the 44 bytes everybody knows before PCM16", () => {
    assert.equal(
      writeWav(DATA, { sampleRate: 24000 }).toString("hex"),
      "52494646" +
        "2c000000" +
        "57415645" +
        "666d7420" +
        "10000000" +
        "0100" +
        "0100" +
        "c05d0000" +
        "80bb0000" +
        "0200" +
        "1000" +
        "64617461" +
        "08000000" +
        DATA.toString("hex"),
    );
  });

  const shapes: readonly {
    encoding: WavEncoding;
    bits: number;
    channels: number;
  }[] = [
    { encoding: "signed-integer", bits: 16, channels: 2 },
    { encoding: "signed-integer", bits: 24, channels: 1 },
    { encoding: "signed-integer", bits: 32, channels: 1 },
    { encoding: "unsigned-integer", bits: 8, channels: 1 },
    { encoding: "floating-point", bits: 32, channels: 2 },
    { encoding: "floating-point", bits: 64, channels: 1 },
    { encoding: "mu-law", bits: 8, channels: 1 },
    { encoding: "a-law", bits: 8, channels: 2 },
  ];
  for (const shape of shapes) {
    it(`is read back by parseWav: ${shape.bits} bits ${shape.encoding}, ${shape.channels} channels`, () => {
      const data = Buffer.alloc((3 * shape.channels * shape.bits) / 8, 7);
      const file = writeWav(data, { sampleRate: 11025, ...shape });
      assert.equal(file.length % 2, 0);
      assert.equal(file.readUInt32LE(4), file.length - 8);
      const { data: read, dataOffset, dataLength, ...format } = parseWav(file);
      assert.deepEqual(format, { sampleRate: 11025, ...shape });
      assert.equal(read.compare(data), 0);
      assert.equal(dataLength, data.length);
      assert.equal(dataOffset, shape.encoding.endsWith("integer") ? 44 : 58);
    });
  }

  it("takes the bits from the encoding", () => {
    assert.deepEqual(
      [
        bitsOf("signed-integer"),
        bitsOf("unsigned-integer"),
        bitsOf("floating-point"),
        bitsOf("mu-law"),
      ],
      [16, 8, 32, 8],
    );
  });

  it("refuses options that make no sense", () => {
    assert.throws(() => writeWav(DATA, { sampleRate: 0 }), {
      name: "RangeError",
      message: /`sampleRate`/,
    });
    assert.throws(() => writeWav(DATA, { sampleRate: 8000, channels: 1.5 }), {
      name: "RangeError",
      message: /`channels`/,
    });
    assert.throws(() => writeWav(DATA, { sampleRate: 8000, bits: 12 }), {
      name: "RangeError",
      message: /`bits` of signed-integer.*16, 24, 32.*`12`/,
    });
    assert.throws(() => writeWav(DATA.subarray(1), { sampleRate: 8000 }), {
      name: "RangeError",
      message: /`dataLength`/,
    });
  });
});

describe("wavHeader", () => {
  it("leaves both lengths open when the length is unknown", () => {
    const header = wavHeader({ sampleRate: 16000, channels: 2 });
    assert.equal(header.length, 44);
    assert.equal(header.readUInt32LE(4), 0xffffffff);
    assert.equal(header.readUInt32LE(40), 0xffffffff);
  });

  it("gives the number of samples of each channel for floats and G.711", () => {
    const header = wavHeader({
      sampleRate: 8000,
      channels: 2,
      encoding: "floating-point",
      dataLength: 80,
    });
    assert.equal(
      header.subarray(38, 50).toString("hex"),
      "66616374040000000a000000",
    );
  });

  it("refuses more than a WAV can hold", () => {
    assert.throws(() => wavHeader({ sampleRate: 8000, dataLength: 2 ** 32 }), {
      name: "RangeError",
      message: /4 GiB.*split/,
    });
  });
});

describe("parseWav", () => {
  it("reads past other chunks, odd ones with their pad byte, and stops at the end of the data", () => {
    const file = riff([
      chunk("LIST", Buffer.from("INFOodd")),
      fmt(),
      chunk("fact", Buffer.alloc(4)),
      chunk("data", DATA),
      chunk("LIST", Buffer.alloc(5)),
    ]);
    const wav = parseWav(file);
    assert.equal(wav.data.toString("hex"), DATA.toString("hex"));
    assert.equal(wav.dataOffset, 12 + 16 + 24 + 12 + 8);
  });

  it("gives the samples in own memory", () => {
    const file = writeWav(DATA, { sampleRate: 24000 });
    const { data } = parseWav(file);
    file.fill(0);
    assert.equal(data.toString("hex"), DATA.toString("hex"));
  });

  it("finds the encoding inside WAVE_FORMAT_EXTENSIBLE", () => {
    const guid = "1600200000000000" + GUID_FLOAT;
    const wav = parseWav(
      riff([
        fmt({ code: 0xfffe, block: 4, bits: 32, extra: guid }),
        chunk("data", DATA),
      ]),
    );
    assert.deepEqual([wav.encoding, wav.bits], ["floating-point", 32]);
  });

  it("gives the stored width of 24-bit samples in 32 bits", () => {
    const wav = parseWav(
      riff([fmt({ channels: 2, block: 8, bits: 24 }), chunk("data", DATA)]),
    );
    assert.deepEqual([wav.bits, wav.encoding], [32, "signed-integer"]);
  });

  const open = [
    { name: "0, RIFF size 0", data: 0, riff: 0 },
    { name: "0, RIFF size of the header alone", data: 0, riff: 36 },
    { name: "0xFFFFFFFF", data: 0xffffffff, riff: 0xffffffff },
    { name: "longer than the file", data: 0x7ffff000, riff: 0x7ffff024 },
  ];
  for (const sizes of open) {
    it(`reads to the end when the data length is ${sizes.name}`, () => {
      const wav = parseWav(
        riff([fmt(), chunk("data", DATA, sizes.data)], sizes.riff),
      );
      assert.equal(wav.data.toString("hex"), DATA.toString("hex"));
    });
  }

  it("believes a data length of 0 when other chunks follow", () => {
    assert.equal(
      parseWav(
        riff([
          fmt(),
          chunk("data", Buffer.alloc(0)),
          chunk("LIST", Buffer.alloc(8)),
        ]),
      ).dataLength,
      0,
    );
  });

  it("leaves out a sample that is cut off", () => {
    assert.equal(
      parseWav(writeWav(DATA, { sampleRate: 8000 }).subarray(0, 44 + 5))
        .dataLength,
      4,
    );
  });

  const faults: readonly (readonly [string, Buffer, string, RegExp])[] = [
    [
      "an empty Buffer",
      Buffer.alloc(0),
      "TypeError",
      /RIFF header, got raw data: set its format/,
    ],
    [
      "Ogg data",
      Buffer.from("OggS\0\x02\0\0\0\0\0\0", "latin1"),
      "TypeError",
      /got ogg data: decode it/,
    ],
    [
      "a big-endian file",
      Buffer.from("RIFX\0\0\0\0WAVE", "latin1"),
      "TypeError",
      /got RIFX data/,
    ],
    [
      "MP3 inside",
      riff([fmt({ code: 0x55 }), chunk("data", DATA)]),
      "TypeError",
      /MP3 \(format 0x0055\): decode it/,
    ],
    [
      "an unknown format code",
      riff([fmt({ code: 0x1234 }), chunk("data", DATA)]),
      "TypeError",
      /format 0x1234/,
    ],
    ["no data chunk", riff([fmt()]), "RangeError", /`data` chunk.*cut off/],
    [
      "no fmt chunk",
      riff([chunk("data", DATA)]),
      "RangeError",
      /`fmt ` chunk before/,
    ],
    [
      "a short fmt chunk",
      riff([chunk("fmt ", Buffer.alloc(10)), chunk("data", DATA)]),
      "RangeError",
      /16 bytes or more, got 10/,
    ],
    [
      "0 channels",
      riff([fmt({ channels: 0 }), chunk("data", DATA)]),
      "RangeError",
      /1 channel or more, got 0/,
    ],
    [
      "0 Hz",
      riff([fmt({ sampleRate: 0 }), chunk("data", DATA)]),
      "RangeError",
      /got 0 Hz/,
    ],
    [
      "12-byte integers",
      riff([fmt({ block: 12 }), chunk("data", DATA)]),
      "RangeError",
      /8, 16, 24, 32 bits, got 96/,
    ],
    [
      "16-bit floats",
      riff([fmt({ code: 3 }), chunk("data", DATA)]),
      "RangeError",
      /32, 64 bits, got 16/,
    ],
  ];
  for (const [what, file, name, message] of faults) {
    it(`names the fault: ${what}`, () => {
      assert.throws(() => parseWav(file), { name, message });
    });
  }
});
