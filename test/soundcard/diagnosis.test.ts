import assert from "node:assert/strict";
import { soundCommands } from "../../lib/soundcard/command";
import {
  diagnose,
  mostTelling,
  NO_PROGRAM,
} from "../../lib/soundcard/diagnosis";

const [PAREC, ARECORD, SOX] = soundCommands("record", "auto", {
  device: "mic",
  sampleRate: 24_000,
  latencyMs: 40,
});
const ENDED = { code: 1, signal: null, stderr: "" };

/** What the programs of Debian 12 print in the locale C. */
const PRINTED = [
  [PAREC, "Stream error: No such entity", "unknown-device"],
  [
    ARECORD,
    "ALSA lib pcm.c:2666:(snd_pcm_open_noupdate) Unknown PCM mic\narecord: main:831: audio open error: No such file or directory",
    "unknown-device",
  ],
  [
    SOX,
    "sox FAIL formats: can't open input  `mic': can not open audio device: No such entity",
    "unknown-device",
  ],
  [
    SOX,
    "sox FAIL sox: Sorry, there is no default audio device configured",
    "unknown-device",
  ],
  [
    ARECORD,
    "arecord: main:831: audio open error: Device or resource busy",
    "busy-device",
  ],
  [
    SOX,
    "sox FAIL formats: can't open input  `hw:0': snd_pcm_open error: Device or resource busy",
    "busy-device",
  ],
  [
    ARECORD,
    "arecord: main:831: audio open error: Permission denied",
    "no-permission",
  ],
  [
    PAREC,
    "Connection failure: Access denied\npa_context_connect() failed: Access denied",
    "no-permission",
  ],
  [
    ARECORD,
    "arecord: set_params:1358: Channels count non available",
    "unsuitable-device",
  ],
  [
    ARECORD,
    "Warning: rate is not accurate (requested = 24000Hz, got = 48000Hz)",
    "unsuitable-device",
  ],
  [
    PAREC,
    "Connection failure: Connection refused\npa_context_connect() failed: Connection refused",
    "no-server",
  ],
  [PAREC, "Connection failure: Connection terminated", "no-server"],
  [
    ARECORD,
    "ALSA lib pulse.c:242:(pulse_connect) PulseAudio: Unable to connect: Connection refused\n\narecord: main:831: audio open error: Connection refused",
    "no-server",
  ],
  [
    ARECORD,
    "Recording raw data 'stdin' : Signed 16 bit Little Endian, Rate 24000 Hz, Mono",
    "ended",
  ],
] as const;

describe("diagnose", () => {
  for (const [command, stderr, code] of PRINTED)
    it(`calls "${command?.program}: ${stderr.split("\n").at(-1)?.slice(0, 60)}" ${code}`, () => {
      assert.equal(diagnose(command!, { ...ENDED, stderr }).code, code);
    });

  it("names the device, the default one when none is named", () => {
    const stderr = "audio open error: Device or resource busy";
    assert.equal(
      diagnose(ARECORD!, { ...ENDED, stderr }).message,
      "Sound device mic is in use by another program",
    );
    assert.equal(
      diagnose({ ...ARECORD!, device: "" }, { ...ENDED, stderr }).message,
      "Default sound device is in use by another program",
    );
  });

  it("quotes the last line of a program that ends for a reason unknown", () => {
    assert.equal(
      diagnose(PAREC!, { ...ENDED, signal: "SIGSEGV", stderr: "one\ntwo\n" })
        .message,
      "parec has ended (SIGSEGV): two",
    );
  });

  it("names the package of a program that is not installed", () => {
    const startError = Object.assign(new Error("spawn arecord ENOENT"), {
      code: "ENOENT",
    });
    const { code, nextStep } = diagnose(ARECORD!, { ...ENDED, startError });
    assert.equal(code, "no-program");
    assert.equal(nextStep, "Install alsa-utils, or choose another program.");
  });

  it("says more than that a program is missing, when another one said why", () => {
    const startError = Object.assign(new Error("ENOENT"), { code: "ENOENT" });
    const missing = diagnose(PAREC!, { ...ENDED, startError });
    const unknown = diagnose(ARECORD!, { ...ENDED, stderr: "Unknown PCM mic" });
    assert.equal(mostTelling([missing, unknown]), unknown);
    assert.equal(mostTelling([missing]), missing);
    assert.equal(mostTelling([missing, missing, missing]), NO_PROGRAM);
    assert.equal(
      NO_PROGRAM.nextStep,
      "Install alsa-utils or pulseaudio-utils or sox.",
    );
  });
});
