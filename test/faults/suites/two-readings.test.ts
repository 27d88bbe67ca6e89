import assert from "node:assert/strict";
import { decodeRead, READ_MEMORY } from "../../../lib/client/read-memory";
import { builtFrame } from "../../client/masked-frame";
import {
  AudioDeltaReader,
  parseClientFrame,
  parseServerFrame,
  serializeClientEvent,
} from "../../../lib/protocol";
import { parseAnyFrame } from "../../../lib/protocol/server-frames";
import { unmasked } from "../../client/masked-frame";
import {
  damage,
  nextAudioFrame,
  randomAudioFrame,
} from "../../protocol/audio-frames";
import { Random as Dice } from "../../protocol/random";
import type { Random } from "../../support/random";
import { FrameFuzzer } from "../frame-fuzzer";
import { type Finding, faultSuite } from "../suite";

/** Those with a megabyte of text are slow, and no audio. */
const FUZZED_OF = 20;

faultSuite(
  "the short way and the full parser read the same, and write the same",
  { quick: 20_000, full: 1_000_000 },
  (frames, random) => Promise.resolve(compareReadings(frames, random)),
);

function compareReadings(frames: number, random: Random): Finding {
  const fuzzer = new FrameFuzzer(random);
  const dice = new Dice(random.between(1, 2 ** 31 - 1));
  const readers = [new AudioDeltaReader(), new AudioDeltaReader(decodeRead)];
  let audio = 0;
  let alike = 0;
  for (let index = 0; index < frames; index++) {
    const data = Buffer.from(
      dice.below(FUZZED_OF) === 0 ? fuzzer.next() : randomAudioFrame(dice),
    );
    if (data.length > 0 && dice.below(3) === 0) damage(data, dice);
    const read = parseServerFrame(data);
    assert.deepEqual(read, parseAnyFrame(data), data.toString("latin1"));
    if (read.kind === "audio") {
      audio++;
      for (const reader of readers) reader.learn(data, read.event);
      alike += compareNext(readers, nextAudioFrame(data, dice));
    }
    // What was learnt of another frame must not be mistaken for this one.
    compareNext(readers, data);
    if (index % 10 === 0) compareWritings(dice);
  }
  assert.ok(audio > frames / 10, "too few frames took the short way");
  assert.ok(
    alike > frames / 100,
    "too few frames were known by the one before",
  );
  return {
    count: frames,
    figure: `${audio} with audio, ${alike} known by the one before`,
  };
}

/** @returns how many were known by what was learnt: 1 or 0 */
function compareNext(
  readers: readonly AudioDeltaReader[],
  frame: Buffer,
): number {
  const places =
    frame.length > READ_MEMORY.length ? [frame] : [frame, asRead(frame)];
  const known = readers.flatMap((reader) =>
    places.map((place) => reader.read(place)),
  );
  const [first] = known;
  const whole = first && parseAnyFrame(frame);
  for (const each of known)
    assert.deepEqual(
      each && { kind: "audio", ...each },
      whole,
      frame.toString("latin1"),
    );
  return first ? 1 : 0;
}

/** Where a socket would have put it. */
function asRead(frame: Buffer): Buffer {
  frame.copy(READ_MEMORY);
  return READ_MEMORY.subarray(0, frame.length);
}

function compareWritings(random: Dice): void {
  const audio = random.bytes(random.below(5_000));
  const { text } = unmasked(builtFrame(audio));
  const event = {
    type: "input_audio_buffer.append",
    audio: audio.toString("base64"),
  } as const;
  assert.equal(text, serializeClientEvent(event));
  assert.deepEqual(parseClientFrame(text), { kind: "event", event });
}
