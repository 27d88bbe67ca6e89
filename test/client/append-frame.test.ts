import assert from "node:assert/strict";
import { AppendSlab } from "../../lib/client/append-frame";
import { parseClientFrame, serializeClientEvent } from "../../lib/protocol";
import { builtFrame, unmasked } from "./masked-frame";
import { noise, randomFrom } from "../audio/signals";

/** What the event's own serialiser writes. */
function written(audio: Buffer): string {
  return serializeClientEvent({
    type: "input_audio_buffer.append",
    audio: audio.toString("base64"),
  });
}

describe("AppendSlab", () => {
  it("writes what the event serialiser writes, in one masked text frame, for every length", () => {
    const data = noise(200_000, randomFrom(1));
    const lengths = [
      959, 960, 1_920, 4_800, 24_000, 49_109, 49_110, 49_113, 200_000,
    ];
    for (let length = 0; length < 200; length++) lengths.push(length);
    for (const length of lengths) {
      const audio = data.subarray(0, length);
      const { opcode, text } = unmasked(builtFrame(audio));
      assert.equal(opcode, 0x81);
      assert.equal(text, written(audio), `${length} bytes`);
    }
  });

  it("is read as an append by whoever reads the protocol", () => {
    const { text } = unmasked(builtFrame(Buffer.from([1, 2, 3, 4])));
    assert.deepEqual(parseClientFrame(text), {
      kind: "event",
      event: { type: "input_audio_buffer.append", audio: "AQIDBA==" },
    });
  });

  it("masks each frame anew", () => {
    const masks = Array.from(
      { length: 3_000 },
      () => unmasked(builtFrame(Buffer.alloc(2))).mask,
    );
    assert.ok(new Set(masks).size > 2_990);
  });

  it("leaves the bytes of each frame alone until it is cleared", () => {
    const random = randomFrom(2);
    const slab = new AppendSlab();
    for (let round = 0; round < 20; round++) {
      slab.clear();
      const kept: { audio: Buffer; frame: Buffer }[] = [];
      for (;;) {
        const audio = noise(2 * Math.floor(1_000 * random()), random);
        const frame = slab.append(audio);
        if (!frame) break;
        kept.push({ audio, frame });
      }
      assert.ok(kept.length > 20);
      for (const { audio, frame } of kept)
        assert.equal(unmasked(frame).text, written(audio));
    }
  });

  it("takes a frame of any length when it is empty, and no longer one than it has room for when it is not", () => {
    const slab = new AppendSlab();
    const audio = noise(50_000, randomFrom(3));
    assert.ok(slab.append(Buffer.from([1, 2])));
    assert.equal(slab.append(audio), undefined);
    slab.clear();
    const frame = slab.append(audio);
    assert.equal(frame && unmasked(frame).text, written(audio));
  });
});
