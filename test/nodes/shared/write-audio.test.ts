import assert from "node:assert/strict";
import { parseWav } from "../../../lib/audio";
import {
  audioProperties,
  type WriterSettings,
} from "../../../nodes/shared/write-audio";

const PCM = Buffer.from([0x00, 0x01, 0x00, 0x02]);
const RAW: WriterSettings = {
  rate: 24_000,
  encoding: "signed-integer",
  format: "raw",
  as: "buffer",
};

describe("audioProperties", () => {
  it("describes the audio in the five properties", () => {
    const { payload, ...properties } = audioProperties(PCM, RAW);
    assert.deepEqual(payload, PCM);
    assert.deepEqual(properties, {
      rate: 24_000,
      channels: 1,
      bits: 16,
      encoding: "signed-integer",
      format: "raw",
    });
  });

  for (const [encoding, bits] of [
    ["floating-point", 32],
    ["mu-law", 8],
    ["a-law", 8],
  ] as const) {
    it(`leaves ${encoding} samples as they are and says that they have ${bits} bits, in a WAV as well`, () => {
      const raw = audioProperties(PCM, { ...RAW, encoding });
      assert.deepEqual(
        [raw["bits"], raw["encoding"], raw["payload"]],
        [bits, encoding, PCM],
      );
      const { payload } = audioProperties(PCM, {
        ...RAW,
        encoding,
        format: "wav",
      });
      const wav = parseWav(payload as Buffer);
      assert.deepEqual(
        [wav.encoding, wav.bits, wav.data],
        [encoding, bits, PCM],
      );
    });
  }

  it("names the type of a data URL by what is in it", () => {
    assert.equal(
      audioProperties(PCM, { ...RAW, as: "data-url" })["payload"],
      "data:application/octet-stream;base64,AAEAAg==",
    );
    assert.match(
      String(
        audioProperties(PCM, { ...RAW, as: "data-url", format: "wav" })[
          "payload"
        ],
      ),
      /^data:audio\/wav;base64,UklGR/,
    );
  });
});
