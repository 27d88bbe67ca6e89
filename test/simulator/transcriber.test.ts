import assert from "node:assert/strict";
import { decodeMulaw, encodeMulaw, silence } from "../../lib/audio";
import { recordings, soundOf } from "../../lib/simulator/recordings";
import { speak } from "../../lib/simulator/speech";
import { transcribe } from "../../lib/simulator/transcriber";
import { at } from "./sounds";

describe("transcribe", () => {
  for (const phrase of recordings().filter(({ role }) => role === "user")) {
    it(`knows "${phrase.text}" at any rate, volume and place`, () => {
      const { pcm } = soundOf(phrase);
      const quiet = Buffer.from(pcm);
      for (let i = 0; i < quiet.length; i += 2)
        quiet.writeInt16LE(Math.round(pcm.readInt16LE(i) * 0.05), i);
      const heard = [
        { pcm: at(pcm, 48_000), sampleRate: 48_000 },
        { pcm: decodeMulaw(encodeMulaw(at(pcm, 8000))), sampleRate: 8000 },
        { pcm: quiet, sampleRate: 24_000 },
        {
          pcm: Buffer.concat([silence(700, 24_000), pcm, silence(900, 24_000)]),
          sampleRate: 24_000,
        },
      ].map(transcribe);
      assert.deepEqual(heard, Array(4).fill(phrase.text));
    });
  }

  it("says of anything else only how long the voice was", () => {
    const others = recordings().filter(({ role }) => role === "assistant");
    for (const phrase of others)
      assert.match(
        transcribe(soundOf(phrase)),
        /^\(speech, \d+\.\d seconds\)$/,
      );
    assert.equal(
      transcribe({ pcm: silence(2000, 24_000), sampleRate: 24_000 }),
      "(speech, 0.0 seconds)",
    );
    assert.equal(
      transcribe({ pcm: Buffer.alloc(0), sampleRate: 24_000 }),
      "(speech, 0.0 seconds)",
    );
  });
});

describe("speak", () => {
  it("uses the recording of a sentence whatever its case and punctuation", () => {
    const phrase = recordings().find(
      ({ text }) => text === "You are welcome.",
    )!; // listed in index.json
    assert.equal(
      speak("you are WELCOME!").pcm.equals(soundOf(phrase).pcm),
      true,
    );
  });

  it("joins sentences, hums those that have no recording, and leaves decimals whole", () => {
    const known = speak("You are welcome.").pcm;
    const unknown = speak("It is 21.5 degrees in Oslo.").pcm;
    assert.equal(
      speak("You are welcome. It is 21.5 degrees in Oslo.").pcm.equals(
        Buffer.concat([known, unknown]),
      ),
      true,
    );
  });

  it("hums about as long and as loud as one would say the words", () => {
    const { pcm, sampleRate } = speak(
      "The meeting in the garden begins in twenty minutes.",
    );
    const seconds = pcm.length / 2 / sampleRate;
    assert.ok(seconds > 2 && seconds < 4, `${seconds} s`);
    let power = 0;
    for (let i = 0; i < pcm.length; i += 2) power += pcm.readInt16LE(i) ** 2;
    const level = 10 * Math.log10(power / (pcm.length / 2) / 32_768 ** 2);
    assert.ok(level > -28 && level < -14, `${level} dBFS`);
  });

  it("says nothing to nothing", () => {
    assert.equal(speak(" ").pcm.length, 0);
  });
});
