import assert from "node:assert/strict";
import { appendFrame, keepFrame } from "../../lib/client/append-frame";
import { parseClientFrame, serializeClientEvent } from "../../lib/protocol";
import { unmasked } from "./masked-frame";
import { noise, randomFrom } from "../audio/signals";

/** What the event's own serialiser writes. */
function written(audio: Buffer): string {
  return serializeClientEvent({
    type: "input_audio_buffer.append",
    audio: audio.toString("base64"),
  });
}

describe("appendFrame", () => {
  it("writes what the event serialiser writes, in one masked text frame, for every length", () => {
    const data = noise(200_000, randomFrom(1));
    const lengths = [
      959, 960, 1_920, 4_800, 24_000, 49_109, 49_110, 49_113, 200_000,
    ];
    for (let length = 0; length < 200; length++) lengths.push(length);
    for (const length of lengths) {
      const audio = data.subarray(0, length);
      const { opcode, text } = unmasked(appendFrame(audio));
      assert.equal(opcode, 0x81);
      assert.equal(text, written(audio), `${length} bytes`);
    }
  });

  it("is read as an append by whoever reads the protocol", () => {
    const { text } = unmasked(appendFrame(Buffer.from([1, 2, 3, 4])));
    assert.deepEqual(parseClientFrame(text), {
      kind: "event",
      event: { type: "input_audio_buffer.append", audio: "AQIDBA==" },
    });
  });

  it("masks each frame anew", () => {
    const masks = Array.from(
      { length: 3_000 },
      () => unmasked(appendFrame(Buffer.alloc(2))).mask,
    );
    assert.ok(new Set(masks).size > 2_990);
  });

  it("leaves the bytes of a kept frame alone, and of no other", () => {
    const random = randomFrom(2);
    const kept = Array.from({ length: 300 }, (_, index) => {
      const audio = noise(2 * Math.floor(1_000 * random()), random);
      appendFrame(Buffer.alloc(100 * index, 0x5a));
      const frame = appendFrame(audio);
      keepFrame(frame);
      return { audio, frame };
    });
    for (const { audio, frame } of kept)
      assert.equal(unmasked(frame).text, written(audio));
    const lent = appendFrame(Buffer.from([1, 2]));
    appendFrame(Buffer.from([3, 4]));
    assert.equal(unmasked(lent).text, written(Buffer.from([3, 4])));
  });
});
