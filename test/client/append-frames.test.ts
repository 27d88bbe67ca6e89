import assert from "node:assert/strict";
import { AppendQueue } from "../../lib/client/append-frames";
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

describe("frames of audio", () => {
  it("writes what the event serialiser writes, in one masked text frame, for every length", () => {
    const data = noise(200_000, randomFrom(1));
    const lengths = [
      959, 960, 1_920, 4_800, 24_000, 49_109, 49_110, 49_113, 65_533, 65_534,
      65_535, 200_000,
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

  it("keeps what waits apart, as it was when it was added, until there is no more room", () => {
    const random = randomFrom(2);
    const queue = new AppendQueue();
    for (let round = 0; round < 20; round++) {
      const texts: string[] = [];
      for (;;) {
        const audio = noise(Math.floor(2_000 * random()), random);
        const text = written(audio);
        if (!queue.add(audio)) break;
        texts.push(text);
        // Whoever gave it may use the memory for something else.
        audio.fill(0);
      }
      assert.ok(texts.length > 20);
      for (const [index, text] of texts.entries())
        assert.equal(unmasked(Buffer.from(queue.frame(index))).text, text);
      queue.clear();
    }
  });
});
