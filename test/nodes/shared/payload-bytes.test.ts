import assert from "node:assert/strict";
import { payloadBytes } from "../../../nodes/shared/payload-bytes";

const WORDS: Readonly<Record<string, string>> = {
  "five letters": "hello",
  "a short word": "stop",
  "two letters": "ok",
  "a word with a capital": "Hello",
  "words with blanks": "hello world",
  "a sentence": "Turn on the kitchen light",
  "words whose letters count up to base64": "Turn it off",
  "a length that base64 cannot have": "AAAABBBBC",
  "padding after one letter": "AAAAB==",
};

describe("payloadBytes", () => {
  for (const [what, payload] of Object.entries(WORDS)) {
    it(`refuses ${what} as base64`, () => {
      assert.throws(() => payloadBytes(payload, "base64"), {
        code: "VOICE_LIVE_PAYLOAD",
        message: /not base64.*Text for the assistant goes to a message node/,
      });
    });
  }

  for (const bytes of [0, 2, 3, 4, 300, 6_401]) {
    const data = Buffer.from(
      Array.from({ length: bytes }, (_, i) => (i * 73 + 11) % 256),
    );
    const base64 = data.toString("base64");
    const forms: Readonly<Record<string, string>> = {
      padded: base64,
      "without padding": base64.replace(/=+$/, ""),
      "for addresses": data.toString("base64url"),
      "in lines": base64.replace(/.{76}/g, "$&\r\n") + "\n",
      "in indented lines": ` ${base64.replace(/.{4}/g, "$&\n\t  ")}`,
      "as a data URL": `data:audio/pcm;base64,${base64}`,
    };
    for (const [form, text] of Object.entries(forms)) {
      it(`takes base64 of ${bytes} bytes ${form}`, () => {
        const read = payloadBytes(text, "base64").data;
        assert.equal(read.toString("hex"), data.toString("hex"));
      });
    }
  }

  it("takes base64 of silence", () => {
    const silence = Buffer.alloc(24);
    const { data } = payloadBytes(silence.toString("base64"), "base64");
    assert.equal(data.toString("hex"), silence.toString("hex"));
  });

  it("reads a long text of blanks in one pass", () => {
    const blanks = `A${" ".repeat(2_000_000)}A`;
    assert.throws(() => payloadBytes(blanks, "base64"), /not base64/);
  });
});
