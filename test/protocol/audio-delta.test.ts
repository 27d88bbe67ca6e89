import assert from "node:assert/strict";

import { damage, PLACE, randomAudioFrame } from "./audio-frames";
import { parseServerFrame } from "../../lib/protocol";
import { AudioDeltaReader } from "../../lib/protocol";
import { scanAudioDelta } from "../../lib/protocol/audio-delta";
import { parseAnyFrame } from "../../lib/protocol/server-frames";
import { Random } from "./random";

/** Frames that the scan reads by itself. */
const PLAIN: readonly (readonly [title: string, frame: string])[] = [
  [
    "in the usual order",
    `{"type":"response.audio.delta","event_id":"e",${PLACE},"delta":"AAECAw=="}`,
  ],
  [
    "with delta first",
    `{"delta":"AAEC","type":"response.audio.delta",${PLACE}}`,
  ],
  [
    "with delta in the middle",
    `{"type":"response.audio.delta","delta":"AAEC",${PLACE}}`,
  ],
  [
    "under its v1 name",
    `{"type":"response.output_audio.delta",${PLACE},"delta":"AAEC"}`,
  ],
  [
    "spread over lines",
    `{\n  "type" : "response.audio.delta",\r\n\t${PLACE} ,\n "delta"\t: \n"AAEC" \n}\n`,
  ],
  [
    "without indexes",
    '{"type":"response.audio.delta","response_id":"r","item_id":"i","delta":"AAEC"}',
  ],
  [
    "with unknown members",
    `{"type":"response.audio.delta",${PLACE},"delta":"AAEC","x":{"y":["ä€😀"]}}`,
  ],
  ["with no audio", `{"type":"response.audio.delta",${PLACE},"delta":""}`],
  [
    "in the url alphabet",
    `{"type":"response.audio.delta",${PLACE},"delta":"-_-_"}`,
  ],
  [
    "with a wrong id",
    `{"type":"response.audio.delta","response_id":1,"item_id":"i","delta":"AAEC"}`,
  ],
];

/** Frames that the scan must leave to the full parser. */
const UNUSUAL: readonly (readonly [title: string, frame: string])[] = [
  [
    "what is not base64",
    `{"type":"response.audio.delta",${PLACE},"delta":"A?EC"}`,
  ],
  [
    "letters beyond ASCII",
    `{"type":"response.audio.delta",${PLACE},"delta":"ÄÄÄÄ"}`,
  ],
  [
    "a bare line break in the value",
    `{"type":"response.audio.delta",${PLACE},"delta":"AAA\nAAAA"}`,
  ],
  [
    "escapes in the value",
    `{"type":"response.audio.delta",${PLACE},"delta":"\\u0041AEC"}`,
  ],
  [
    "an escaped slash",
    `{"type":"response.audio.delta",${PLACE},"delta":"AA\\/C"}`,
  ],
  [
    "two deltas",
    `{"type":"response.audio.delta",${PLACE},"delta":"AAEC","delta":"BBBB"}`,
  ],
  [
    "two deltas, the last empty",
    `{"type":"response.audio.delta",${PLACE},"delta":"AAEC","delta":""}`,
  ],
  [
    "a second delta in disguise",
    `{"delta":"AAEC","type":"response.audio.delta",${PLACE},"\\u0064elta":""}`,
  ],
  [
    "a key that ends like delta",
    `{"type":"response.audio.delta",${PLACE},"x\\"delta":"AAEC"}`,
  ],
  [
    "such a key beside an empty delta",
    `{"x\\"delta":"AAEC","type":"response.audio.delta",${PLACE},"delta":""}`,
  ],
  [
    "delta inside a string",
    `{"type":"response.audio.delta",${PLACE},"note":"\\"delta\\":\\"BBBB\\"","delta":"AAEC"}`,
  ],
  [
    "delta inside an object",
    `{"type":"response.audio.delta",${PLACE},"x":{"delta":"AAEC"}}`,
  ],
  [
    "delta inside __proto__",
    `{"type":"response.audio.delta",${PLACE},"__proto__":{"delta":"AAEC"}}`,
  ],
  [
    "delta as a value",
    `{"type":"response.audio.delta",${PLACE},"delta_of":"delta","x":"AAEC"}`,
  ],
  [
    "delta that is null",
    `{"type":"response.audio.delta",${PLACE},"delta":null}`,
  ],
  [
    "delta that is a number",
    `{"type":"response.audio.delta",${PLACE},"delta":1}`,
  ],
  [
    "a quote too many",
    `{"type":"response.audio.delta",${PLACE},"x"delta":"AAEC"}`,
  ],
  ["an end too early", `{"type":"response.audio.delta",${PLACE},"delta":"AAEC`],
  [
    "a list around it",
    `[{"type":"response.audio.delta",${PLACE},"delta":"AAEC"}]`,
  ],
  ["no delta", `{"type":"response.audio.done",${PLACE}}`],
];

describe("scanAudioDelta", () => {
  for (const [title, frame] of PLAIN) {
    it(`reads audio ${title} as the full parser does`, () => {
      assert.ok(scanAudioDelta(Buffer.from(frame)));
      assert.deepEqual(
        parseServerFrame(Buffer.from(frame)),
        parseAnyFrame(frame),
      );
    });
  }

  for (const [title, frame] of UNUSUAL) {
    it(`leaves ${title} to the full parser`, () => {
      assert.equal(scanAudioDelta(Buffer.from(frame)), undefined);
      assert.deepEqual(
        parseServerFrame(Buffer.from(frame)),
        parseAnyFrame(frame),
      );
    });
  }

  it("leaves other events with a delta as they are", () => {
    const frame = `{"type":"response.text.delta",${PLACE},"delta":"AAEC"}`;
    assert.deepEqual(
      parseServerFrame(Buffer.from(frame)),
      parseAnyFrame(frame),
    );
    assert.equal(parseServerFrame(Buffer.from(frame)).kind, "event");
  });

  it("brings a megabyte through unchanged", () => {
    const audio = new Random(1).bytes(1 << 20);
    const frame = `{"type":"response.audio.delta",${PLACE},"delta":"${audio.toString("base64")}"}`;
    const parsed = parseServerFrame(Buffer.from(frame));
    assert.ok(parsed.kind === "audio" && parsed.audio.equals(audio));
  });

  it("agrees with the full parser on any mix of members and damage", () => {
    const seed = 424_242;
    const random = new Random(seed);
    let audio = 0;
    for (let round = 0; round < 8000; round++) {
      const data = Buffer.from(randomAudioFrame(random));
      if (random.below(4) === 0) damage(data, random);
      if (scanAudioDelta(data)?.audio) audio++;
      const note = `seed ${seed}, round ${round}: ${data.toString("latin1")}`;
      assert.deepEqual(parseServerFrame(data), parseAnyFrame(data), note);
    }
    assert.ok(
      audio > 1000,
      "too few frames took the short way to prove anything",
    );
  });
});

/** As a service sends them, one after another. */
function siblings(audio: readonly string[]): Buffer[] {
  return audio.map((delta, index) =>
    Buffer.from(
      `{"event_id":"event_${index}","type":"response.audio.delta",${PLACE},"delta":"${delta}"}`,
    ),
  );
}

describe("AudioDeltaReader", () => {
  /** Has learnt from a frame that was read in the long way. */
  function readerOf(frame: Buffer): AudioDeltaReader {
    const reader = new AudioDeltaReader();
    const parsed = parseAnyFrame(frame);
    assert.ok(parsed.kind === "audio");
    reader.learn(frame, parsed.event);
    return reader;
  }

  it("reads frames like the one it has learnt, whatever their id and their audio", () => {
    const [first, ...others] = siblings(["AAEC", "", "AwQF", "/+A=", "AA=="]);
    const reader = readerOf(first!);
    for (const frame of others)
      assert.deepEqual(
        { kind: "audio", ...reader.read(frame) },
        parseAnyFrame(frame),
      );
  });

  it("knows nothing before it has learnt", () => {
    assert.equal(
      new AudioDeltaReader().read(siblings(["AAEC"])[0]!),
      undefined,
    );
  });

  it("leaves to the full parser what only looks like it", () => {
    const [first, other] = siblings(["AAEC", "AwQF"]).map(String);
    const reader = readerOf(Buffer.from(first!));
    for (const frame of [
      other!.replace("item_1", "item_2"),
      other!.replace("event_1", 'e","x":"'),
      other!.replace("event_1", "\\u0065"),
      other!.replace("event_1", "ä"),
      other!.replace("AwQF", "AwQ"),
      other!.replace("AwQF", "AwQ\\u0041"),
      other!.replace("AwQF", 'AwQF","content_index":"1'),
      other!.slice(0, -1),
      `${other!} `,
      "",
    ])
      assert.equal(reader.read(Buffer.from(frame)), undefined, frame);
  });

  it("learns nothing of a frame that says something behind the audio, or in which an id could be another's", () => {
    const place = `"type":"response.audio.delta",${PLACE}`;
    for (const frame of [
      `{${place},"delta":"AAEC","note":"n"}`,
      `{"x":{"event_id":"e"},${place},"delta":"AAEC"}`,
      `{"note":"ä",${place},"delta":"AAEC"}`,
      `{"note":"\\"",${place},"delta":"AAEC"}`,
    ])
      assert.equal(
        readerOf(Buffer.from(frame)).read(Buffer.from(frame)),
        undefined,
        frame,
      );
  });
});
