import assert from "node:assert/strict";
import {
  bytesPerMs,
  Converter,
  pickChannel,
  type AudioFormat,
  type MonoFormat,
} from "../../lib/audio";
import type { AudioTap } from "../../lib/client/audio-tap";
import { UserAudio, type UserAudioOptions } from "../../lib/client/user-audio";
import { Random } from "../support/random";
import { stopClock, type StoppedClock } from "./clock";

const FORMAT: MonoFormat = { encoding: "signed-integer", sampleRate: 24_000 };
/** Hears nothing of what is played. */
const DEAF: AudioTap = {
  spoken: () => undefined,
  received: () => undefined,
  finished: () => undefined,
  released: () => undefined,
  shift: () => undefined,
  stop: () => undefined,
};
const MIC: AudioFormat = { ...FORMAT, channels: 1 };

describe("UserAudio", () => {
  const random = new Random(7);
  const speech = (ms: number, rate = 24_000): Buffer =>
    random.noise((ms * rate) / 1_000, 0.5);
  let clock: StoppedClock;
  let frames: Buffer[];
  let isGateClosed: boolean;
  let endlessTurns: number;
  let user: UserAudio;

  beforeEach(() => {
    clock = stopClock();
    frames = [];
    isGateClosed = false;
    endlessTurns = 0;
    user = create({});
  });
  afterEach(() => {
    user.close();
    clock.uninstall();
  });

  function create(more: Partial<UserAudioOptions>): UserAudio {
    const audio = new UserAudio({
      format: FORMAT,
      commit: () => undefined,
      respond: () => undefined,
      hasTurnDetection: () => true,
      onDropping: () => assert.fail("nothing is dropped here"),
      onEndlessTurn: () => (endlessTurns += 1),
      isGateClosed: () => isGateClosed,
      ...more,
    });
    audio.sessionReady({
      bufferedBytes: 0,
      source: undefined,
      sendAudio: (frame) => frames.push(Buffer.from(frame)),
    });
    return audio;
  }

  const sent = (): Buffer => Buffer.concat(frames);
  const sentMs = (): number => sent().length / bytesPerMs(FORMAT);

  it("shows a tap what was taken, as the service will get it, until the tap is taken away", () => {
    const heard: Buffer[] = [];
    user.close();
    user = create({ hasTurnDetection: () => false });
    const remove = user.addTap({
      ...DEAF,
      spoken: (pcm, format) => {
        assert.deepEqual(format, FORMAT);
        heard.push(Buffer.from(pcm));
      },
    });
    user.append(speech(200, 16_000), { ...MIC, sampleRate: 16_000 });
    user.mute();
    user.append(speech(40), MIC);
    user.unmute();
    user.endOfSpeech("commit");
    assert.ok(Buffer.concat(heard).equals(sent()));
    const before = heard.length;
    remove();
    user.append(speech(40), MIC);
    assert.equal(heard.length, before);
  });

  describe("behind a closed gate", () => {
    it("sends nothing, and goes on when it opens", () => {
      const [before, meanwhile, after] = [speech(40), speech(400), speech(40)];
      user.append(before, MIC);
      isGateClosed = true;
      user.append(meanwhile, MIC);
      isGateClosed = false;
      user.append(after, MIC);
      assert.equal(
        sent().toString("hex"),
        Buffer.concat([before, after]).toString("hex"),
      );
    });

    it("begins a fresh stream after the gap: nothing from before sounds in it", () => {
      const from = { ...MIC, sampleRate: 16_000 };
      const after = speech(400, 16_000);
      user.append(speech(400, 16_000), from);
      isGateClosed = true;
      user.append(speech(40, 16_000), from);
      isGateClosed = false;
      const unended = sent().length;
      user.append(after, from);
      const fresh = new Converter({ from, to: FORMAT }).push(after);
      const whole = sent().subarray(unended);
      // What did not fill a frame before the gap leaves in front.
      const at = whole.indexOf(fresh.subarray(0, 960));
      assert.ok(at >= 0 && at < 40 * 48, `found at ${at}`);
    });

    it("takes a microphone that is cut off for one that stopped: the open turn ends in silence", () => {
      user.append(speech(40), MIC);
      user.speechStarted();
      isGateClosed = true;
      for (let ms = 0; ms < 1_000; ms += 40) {
        user.append(speech(40), MIC);
        clock.tick(40);
      }
      assert.ok(sentMs() >= 500, `${sentMs()} ms`);
      assert.ok(
        sent()
          .subarray(40 * 48)
          .every((byte) => byte === 0),
      );
    });
  });

  describe("with a reference", () => {
    /** Each sample of the loudspeaker says when it sounds. */
    const asked: [startAt: number, samples: number][] = [];
    function reference(startAt: number, samples: number): Buffer {
      asked.push([startAt, samples]);
      const pcm = Buffer.alloc(samples * 2);
      for (let index = 0; index < samples; index++)
        pcm.writeInt16LE(Math.round(startAt + index / 24) % 30_000, index * 2);
      return pcm;
    }
    beforeEach(() => {
      asked.length = 0;
      user = create({ reference });
    });

    it("sends blocks of 4 bytes: microphone, loudspeaker", () => {
      const mic = speech(400);
      for (let at = 0; at < mic.length; at += 1_001) {
        user.append(mic.subarray(at, at + 1_001), MIC);
        clock.tick(1_001 / 48);
      }
      assert.ok(frames.length >= 9);
      for (const frame of frames) assert.equal(frame.length, 40 * 96);
      const [left, right] = [0, 1].map((channel) =>
        pickChannel(sent(), 2, channel),
      );
      assert.ok(left && right);
      assert.equal(
        left.toString("hex"),
        mic.subarray(0, left.length).toString("hex"),
      );
      assert.equal(right.length, left.length);
    });

    it("asks for what sounded while the microphone took its samples, without gap or overlap when chunks jitter", () => {
      clock.tick(1_000);
      for (const waitMs of [0, 40, 55, 25, 70, 10]) {
        clock.tick(waitMs);
        user.append(speech(40), MIC);
      }
      assert.deepEqual(
        asked,
        [0, 1, 2, 3, 4, 5].map((chunk) => [960 + chunk * 40, 960]),
      );
    });

    it("follows a microphone whose own time is off by more than jitter", () => {
      clock.tick(1_000);
      user.append(speech(40), MIC);
      clock.tick(500);
      user.append(speech(40), MIC);
      assert.deepEqual(asked.at(-1), [1_460, 960]);
    });

    it("feeds silence beside what sounds", () => {
      clock.tick(1_000);
      user.append(speech(40), MIC);
      user.speechStarted();
      clock.tick(1_000);
      const right = pickChannel(sent(), 2, 1);
      assert.ok(right.length > 40 * 48);
      assert.ok(right.subarray(48 * 40).some((byte) => byte !== 0));
    });
  });

  it("ends an open turn when it is muted, and sends nothing until it is not", () => {
    user.append(speech(400), MIC);
    user.speechStarted();
    user.mute();
    assert.equal(sentMs(), 1_400);
    user.speechStopped();
    user.append(speech(400), MIC);
    clock.tick(60_000);
    assert.equal(sentMs(), 1_400);
    user.unmute();
    user.append(speech(40), MIC);
    assert.equal(sentMs(), 1_440);
  });

  it("feeds a turn that no silence ends for 10 s and then says so", () => {
    user.append(speech(40), MIC);
    user.speechStarted();
    clock.tick(60_000);
    assert.equal(sentMs(), 10_040);
    assert.equal(endlessTurns, 1);
  });
});
