import assert from "node:assert/strict";
import { Rests, type EndedBy } from "../../lib/client/rests";
import { stopClock, type StoppedClock } from "./clock";

const REST_MS = 10_000;

describe("Rests", () => {
  let clock: StoppedClock;
  let connected: Set<string>;
  let rests: Rests;

  beforeEach(() => {
    clock = stopClock();
    connected = new Set();
    rests = new Rests((key) => connected.has(key));
  });
  afterEach(() => clock.uninstall());

  const sound = (key = "a"): boolean => rests.admit(key, true);
  const words = (key = "a"): boolean => rests.admit(key, false);

  it("lets a key pass whose conversation nobody has ended", () => {
    assert.equal(sound(), false);
    assert.equal(words(), false);
    assert.equal(rests.isResting("a"), false);
  });

  for (const [by, code, message] of [
    ["limit", "VOICE_LIVE_LIMIT", /ended by a limit.*Pause for 10 seconds or/],
    ["operator", "VOICE_LIVE_NOT_CONNECTED", /ended in the editor.*Pause for/],
  ] as const satisfies readonly [EndedBy, string, RegExp][])
    it(`refuses sound after an end by ${by}, and says who has ended it`, () => {
      rests.begin("a", by);
      assert.throws(() => sound(), { code, message });
      assert.equal(rests.isResting("a"), true);
      assert.equal(sound("b"), false);
    });

  it("takes words after an operator, but not after a limit", () => {
    rests.begin("a", "operator");
    rests.begin("b", "limit");
    assert.equal(words("a"), true);
    assert.equal(rests.isResting("a"), false);
    assert.throws(() => words("b"), { code: "VOICE_LIVE_LIMIT" });
  });

  it("says once that the next conversation is due, after a pause", () => {
    rests.begin("a", "limit");
    clock.tick(REST_MS - 1);
    assert.equal(rests.isResting("a"), true);
    clock.tick(1);
    assert.equal(rests.isResting("a"), false);
    assert.equal(sound(), true);
    assert.equal(sound(), false);
  });

  it("begins the pause anew with each input that it refuses", () => {
    rests.begin("a", "limit");
    clock.tick(REST_MS - 1);
    assert.throws(() => sound());
    clock.tick(REST_MS - 1);
    assert.throws(() => sound());
    clock.tick(REST_MS);
    assert.equal(sound(), true);
  });

  it("does not begin the pause anew where somebody only asks", () => {
    rests.begin("a", "limit");
    clock.tick(REST_MS - 1);
    assert.equal(rests.isResting("a"), true);
    clock.tick(1);
    assert.equal(rests.isResting("a"), false);
  });

  it("ends the pause of a key that has been connected again: nothing is due", () => {
    rests.begin("a", "limit");
    connected.add("a");
    assert.equal(rests.isResting("a"), false);
    assert.equal(sound(), false);
    connected.clear();
    assert.equal(sound(), false);
  });

  it("needs no pause of whoever comes on purpose", () => {
    rests.begin("a", "limit");
    rests.allowAgain("a");
    rests.allowAgain("b");
    assert.equal(rests.isResting("a"), false);
    assert.equal(sound(), true);
  });

  it("pauses anew after the next end", () => {
    rests.begin("a", "operator");
    rests.allowAgain("a");
    rests.begin("a", "limit");
    assert.throws(() => sound(), { code: "VOICE_LIVE_LIMIT" });
  });

  it("keeps nothing of pauses that are over when another begins", () => {
    rests.begin("a", "limit");
    clock.tick(REST_MS);
    rests.begin("b", "limit");
    assert.equal(sound("a"), false);
    assert.throws(() => sound("b"));
  });
});
