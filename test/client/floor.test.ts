import assert from "node:assert/strict";
import { Floor, type Speaker } from "../../lib/client/floor";

const ANSWER: Speaker = { responseId: "answer", isOutOfBand: false };
const NEXT: Speaker = { responseId: "next", isOutOfBand: false };
const ASIDE: Speaker = { responseId: "aside", isOutOfBand: true };

describe("Floor", () => {
  let floor: Floor;
  let heard: string[];
  beforeEach(() => {
    floor = new Floor();
    heard = [];
  });
  const say = (speaker: Speaker, what: string, bytes = 2): boolean =>
    floor.take(speaker, bytes, () => heard.push(what));
  const end = (speaker: Speaker): void =>
    floor.leave(speaker, () => heard.push(`end of ${speaker.responseId}`));

  it("keeps an aside waiting until the answer is complete", () => {
    say(ANSWER, "a1");
    say(ASIDE, "b1");
    say(ANSWER, "a2");
    assert.deepEqual(heard, ["a1", "a2"]);
    end(ANSWER);
    say(ASIDE, "b2");
    end(ASIDE);
    assert.deepEqual(heard, [
      "a1",
      "a2",
      "end of answer",
      "b1",
      "b2",
      "end of aside",
    ]);
  });

  it("keeps an answer waiting until the aside is complete, also when the answer is so before", () => {
    say(ASIDE, "b1");
    say(ANSWER, "a1");
    end(ANSWER);
    say(ASIDE, "b2");
    end(ASIDE);
    assert.equal(heard.join(), "b1,b2,end of aside,a1,end of answer");
    say(NEXT, "c1");
    assert.equal(heard.at(-1), "c1");
  });

  it("keeps no answer waiting for another, whose end may never be told", () => {
    say(ANSWER, "a1");
    say(NEXT, "c1");
    assert.equal(heard.join(), "a1,c1");
  });

  it("is free after an interruption, and forgets what waited", () => {
    say(ANSWER, "a1");
    say(ASIDE, "b1");
    floor.reset();
    say(NEXT, "c1");
    end(ANSWER);
    end(NEXT);
    assert.equal(heard.join(), "a1,c1,end of answer,end of next");
  });

  it("lets everything out when no more can come", () => {
    say(ANSWER, "a1");
    say(ASIDE, "b1");
    floor.drain();
    assert.equal(heard.join(), "a1,b1");
  });

  it("holds two minutes of audio and no more, and may be filled again", () => {
    const twoMinutes = 120 * 48_000;
    say(ANSWER, "a1");
    assert.equal(say(ASIDE, "b1", twoMinutes), true);
    assert.equal(say(ASIDE, "b2"), false);
    end(ANSWER);
    end(ASIDE);
    say(ANSWER, "a2");
    assert.equal(say(ASIDE, "b3", twoMinutes), true);
  });
});
