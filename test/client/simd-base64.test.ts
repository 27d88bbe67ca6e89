import assert from "node:assert/strict";
import { SimdBase64 } from "../../lib/client/simd-base64";
import { noise, randomFrom } from "../audio/signals";

describe("SimdBase64", () => {
  const found = SimdBase64.create();
  assert.ok(found, "this processor has vector instructions");
  const simd = found;

  /** Decodes a text that stands somewhere among others. */
  function decode(text: string, at = 7): Buffer | undefined {
    simd.reads.fill("ABC=");
    simd.reads.write(text, at, "latin1");
    const data = simd.reads.subarray(3);
    return simd.decode(data, at - 3, at - 3 + text.length);
  }

  it("decodes what was encoded, of every length, wherever it stands", () => {
    const data = noise(5_000, randomFrom(21));
    const lengths = [4_799, 4_800, 4_801, 5_000];
    for (let length = 1; length < 200; length++) lengths.push(length);
    for (const length of lengths) {
      const bytes = data.subarray(0, length);
      const decoded = decode(bytes.toString("base64"), 3 + (length % 32));
      assert.ok(decoded?.equals(bytes), `${length} bytes`);
    }
  });

  it("fills what sockets read into", () => {
    const bytes = noise((simd.reads.length / 4) * 3, randomFrom(22));
    simd.reads.write(bytes.toString("base64"), "latin1");
    const decoded = simd.decode(simd.reads, 0, simd.reads.length);
    assert.ok(decoded?.equals(bytes));
  });

  it("gives memory that is nobody else's", () => {
    const one = decode("AAEC");
    const other = decode("AwQF");
    assert.deepEqual(
      [one, other],
      [Buffer.from([0, 1, 2]), Buffer.from([3, 4, 5])],
    );
    assert.equal(one?.buffer.byteLength, 3);
  });

  it("decodes nothing with a byte in it that is no letter, wherever it stands", () => {
    const letters = noise(36, randomFrom(23)).toString("base64");
    const alphabet = new Set(
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    );
    for (let place = 0; place < letters.length; place++)
      for (let byte = 0; byte < 256; byte++) {
        const letter = String.fromCharCode(byte);
        const isPadding = letter === "=" && place === letters.length - 1;
        const text =
          letters.slice(0, place) + letter + letters.slice(place + 1);
        assert.equal(
          decode(text) !== undefined,
          alphabet.has(letter) || isPadding,
          `byte ${byte} at ${place}`,
        );
      }
  });

  it("leaves what is padded in a strange way, or not at all, to others", () => {
    for (const text of ["", "A", "AA", "AAA", "====", "A===", "AA=A", "AAAAA"])
      assert.equal(decode(text), undefined, text);
  });
});
