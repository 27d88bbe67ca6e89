import assert from "node:assert/strict";
import {
  ResponseSequencer,
  type ResponseRequest,
} from "../../lib/client/response-sequencer";
import { randomFrom } from "../audio/signals";
import { faultOf } from "./faults";
import { simulateTalk } from "./response-service";

/** A sequencer on a ready session; `log` tells what it asked of the service. */
function ready(isReady = true): {
  sequencer: ResponseSequencer;
  log: string[];
  wakes: number[];
  progress: (ms: number) => void;
} {
  const log: string[] = [];
  const wakes: number[] = [];
  let events = 0;
  let progressAt = 0;
  const sequencer = new ResponseSequencer(
    {
      send: (eventId, { itemIds, params, additionalInstructions }) => {
        if (itemIds.includes("unsendable")) throw new TypeError("unsendable");
        const own = params?.instructions ?? additionalInstructions;
        log.push(`${eventId} ${own ?? itemIds.join("+")}`.trim());
      },
      cancel: (responseId) => log.push(`cancel ${responseId}`),
      wakeIn: (ms) => wakes.push(ms),
      progressAt: () => progressAt,
    },
    () => `e${(events += 1)}`,
  );
  if (isReady) sequencer.connectionReady(0);
  return { sequencer, log, wakes, progress: (ms) => (progressAt = ms) };
}

const plain = (...itemIds: string[]): ResponseRequest => ({ itemIds });
const special = (instructions: string): ResponseRequest => ({
  itemIds: [],
  params: { instructions },
});

describe("ResponseSequencer", () => {
  it("asks at once when nothing is in the way, and says until when it waits", () => {
    const { sequencer, log, wakes } = ready();
    sequencer.request(plain("i1"), 0);
    assert.deepEqual(log, ["e1 i1"]);
    assert.deepEqual(wakes, [15_000]);
    assert.equal(sequencer.isBusy, true);
  });

  it("asks for nothing before the session is ready", () => {
    const { sequencer, log } = ready(false);
    sequencer.request(plain("i1"), 0);
    assert.deepEqual(log, []);
    assert.equal(sequencer.queued, 1);
    sequencer.connectionReady(5);
    assert.deepEqual(log, ["e1 i1"]);
  });

  it("runs one response at a time", () => {
    const { sequencer, log } = ready();
    sequencer.request(special("a"), 0);
    sequencer.request(special("b"), 0);
    assert.deepEqual(log, ["e1 a"]);
    assert.equal(sequencer.created("r1", 0), false);
    assert.equal(sequencer.activeResponseId, "r1");
    sequencer.done("another", 1);
    assert.deepEqual(log, ["e1 a"]);
    sequencer.done("r1", 2);
    assert.deepEqual(log, ["e1 a", "e2 b"]);
    sequencer.created("r2", 0);
    sequencer.done("r2", 3);
    assert.equal(sequencer.isBusy, false);
    assert.equal(sequencer.activeResponseId, undefined);
  });

  it("asks no more for what is withdrawn, and goes on with the rest", () => {
    const { sequencer, log } = ready();
    const last = special("last");
    sequencer.request(special("a"), 0);
    sequencer.request(last, 0);
    sequencer.request(special("b"), 0);
    sequencer.withdraw(last);
    sequencer.created("r1", 0);
    sequencer.done("r1", 1);
    assert.deepEqual(log, ["e1 a", "e2 b"]);
  });

  it("lets the running response end and asks for nothing more, when it is to finish", () => {
    const { sequencer, log } = ready();
    sequencer.request(special("a"), 0);
    sequencer.created("r1", 0);
    sequencer.request(plain("i1"), 0);
    sequencer.finish();
    assert.equal(sequencer.activeResponseId, "r1");
    sequencer.done("r1", 1);
    assert.deepEqual(log, ["e1 a"]);
    assert.equal(sequencer.isBusy, false);
  });

  it("gives up a response of which nothing is heard for two minutes", () => {
    const { sequencer, log } = ready();
    sequencer.request(special("a"), 0);
    sequencer.created("r1", 0);
    sequencer.request(special("b"), 0);
    sequencer.tick(119_999);
    assert.deepEqual(log, ["e1 a"]);
    sequencer.tick(120_000);
    assert.deepEqual(log, ["e1 a", "e2 b"]);
  });

  it("waits for a response that goes on, and looks again when it may have fallen silent", () => {
    const { sequencer, log, wakes, progress } = ready();
    sequencer.created("services own", 0);
    sequencer.request(special("b"), 0);
    progress(100_000);
    sequencer.tick(120_000);
    assert.deepEqual(log, []);
    assert.deepEqual(wakes, [120_000, 100_000]);
    sequencer.tick(220_000);
    assert.deepEqual(log, ["e1 b"]);
  });

  it("refuses the hundred and first that would wait", () => {
    const { sequencer } = ready(false);
    for (let index = 0; index < 100; index += 1)
      sequencer.request(plain(`i${index}`), 0);
    const fault = faultOf("VOICE_LIVE_LIMIT", () =>
      sequencer.request(plain("x"), 0),
    );
    assert.match(fault.message, /100 requests .* wait already.*Ask for fewer/);
    assert.equal(sequencer.queued, 100);
  });

  it("serves plain requests that wait together by one response", () => {
    const { sequencer, log } = ready();
    sequencer.request(plain("i1"), 0);
    sequencer.created("r1", 0);
    for (const item of ["i2", "i3", "i4"]) sequencer.request(plain(item), 1);
    sequencer.done("r1", 2);
    assert.deepEqual(log, ["e1 i1", "e2 i2"]);
    sequencer.created("r2", 0);
    sequencer.done("r2", 3);
    assert.equal(log.length, 2);
    assert.equal(sequencer.isBusy, false);
  });

  it("gives each request with parameters a response of its own, in order", () => {
    const { sequencer, log } = ready();
    sequencer.request(special("a"), 0);
    sequencer.request(special("b"), 0);
    sequencer.request(plain("i1"), 0);
    sequencer.request({ itemIds: [], additionalInstructions: "c" }, 0);
    sequencer.request(plain("i2"), 0);
    for (const id of ["r1", "r2", "r3", "r4"]) {
      sequencer.created(id, 0);
      sequencer.done(id, 1);
    }
    assert.deepEqual(log, ["e1 a", "e2 b", "e3 i1", "e4 c"]);
    assert.equal(sequencer.isBusy, false);
  });

  it("waits while the user speaks and while the service is about to answer", () => {
    const { sequencer, log, wakes } = ready();
    sequencer.speechStarted();
    sequencer.request(special("a"), 0);
    sequencer.tick(60_000);
    assert.deepEqual(log, []);
    sequencer.speechStopped(true, 60_000);
    assert.deepEqual(wakes, [5_000]);
    sequencer.tick(64_999);
    assert.deepEqual(log, []);
    sequencer.created("r1", 0);
    sequencer.done("r1", 61_000);
    assert.deepEqual(log, ["e1 a"]);
  });

  it("goes on at once after a turn that the service does not answer", () => {
    const { sequencer, log } = ready();
    sequencer.speechStarted();
    sequencer.request(plain("i1"), 0);
    sequencer.speechStopped(false, 10);
    assert.deepEqual(log, ["e1 i1"]);
  });

  it("goes on five seconds after a turn that the service did not answer either", () => {
    const { sequencer, log } = ready();
    sequencer.speechStarted();
    sequencer.speechStopped(true, 1_000);
    sequencer.request(plain("i1"), 1_500);
    sequencer.tick(5_999);
    assert.deepEqual(log, []);
    sequencer.tick(6_000);
    assert.deepEqual(log, ["e1 i1"]);
  });

  it("lets a response that the service began answer the items it knew, and only those", () => {
    const { sequencer, log } = ready();
    sequencer.speechStarted();
    sequencer.request(plain("known"), 0);
    sequencer.request(plain("known too", "known as well"), 0);
    sequencer.request(plain("half", "unknown"), 0);
    sequencer.request(plain(), 0);
    sequencer.request(special("own"), 0);
    for (const item of ["known", "known too", "known as well", "half", "x"])
      sequencer.itemKnown(item);
    sequencer.speechStopped(true, 1);
    sequencer.created("r1", 0);
    assert.equal(sequencer.queued, 3);
    sequencer.done("r1", 2);
    assert.deepEqual(log, ["e1 half+unknown"]);
  });

  it("asks for an item that came after the request for the response that runs", () => {
    const { sequencer, log } = ready();
    sequencer.request(special("a"), 0);
    sequencer.request(plain("i1"), 0);
    sequencer.itemKnown("i1");
    sequencer.created("r1", 0);
    sequencer.done("r1", 1);
    assert.deepEqual(log, ["e1 a", "e2 i1"]);
  });

  it("asks again when the refused request met another response", () => {
    const { sequencer, log } = ready();
    sequencer.request(plain("i1"), 0);
    sequencer.created("services own", 0);
    assert.equal(sequencer.refused("e1", true, 1), true);
    assert.deepEqual(log, ["e1 i1"]);
    sequencer.done("services own", 2);
    assert.deepEqual(log, ["e1 i1", "e2 i1"]);
  });

  it("asks again five seconds later when it never hears of the other response", () => {
    const { sequencer, log, wakes } = ready();
    sequencer.request(plain("i1"), 0);
    assert.equal(sequencer.refused("e1", true, 100), true);
    assert.deepEqual(wakes, [15_000, 5_000]);
    sequencer.tick(5_099);
    assert.deepEqual(log, ["e1 i1"]);
    sequencer.tick(5_100);
    assert.deepEqual(log, ["e1 i1", "e2 i1"]);
  });

  it("stays silent while the user speaks, also after a refusal", () => {
    const { sequencer, log } = ready();
    sequencer.request(plain("i1"), 0);
    sequencer.speechStarted();
    sequencer.refused("e1", true, 100);
    sequencer.tick(60_000);
    assert.deepEqual(log, ["e1 i1"]);
    sequencer.speechStopped(false, 60_001);
    assert.deepEqual(log, ["e1 i1", "e2 i1"]);
  });

  it("drops a request that is refused for what it asks, and serves the next", () => {
    for (const isActive of [true, false]) {
      const { sequencer, log } = ready();
      sequencer.request(special("bad"), 0);
      sequencer.request(special("good"), 0);
      if (isActive) sequencer.created("services own", 0);
      assert.equal(sequencer.refused("e1", false, 1), true);
      if (isActive) sequencer.done("services own", 2);
      assert.deepEqual(log, ["e1 bad", "e2 good"]);
    }
  });

  it("does not take a refusal of something else for its own", () => {
    const { sequencer, log } = ready();
    assert.equal(sequencer.refused("e1", true, 0), false);
    sequencer.request(plain("i1"), 0);
    assert.equal(sequencer.refused("e9", true, 0), false);
    assert.equal(sequencer.refused("", false, 0), false);
    sequencer.created("r1", 0);
    assert.equal(sequencer.activeResponseId, "r1");
    assert.deepEqual(log, ["e1 i1"]);
  });

  it("cancels what runs and drops what waits when the flow interrupts", () => {
    const { sequencer, log } = ready();
    sequencer.request(special("a"), 0);
    sequencer.request(special("b"), 0);
    sequencer.request(plain("i1"), 0);
    sequencer.created("r1", 0);
    sequencer.interrupt();
    assert.equal(sequencer.queued, 0);
    sequencer.done("r1", 1);
    assert.deepEqual(log, ["e1 a", "cancel r1"]);
    assert.equal(sequencer.isBusy, false);
  });

  it("cancels a response on its arrival when an interrupt overtook it, and serves what was asked for since", () => {
    const { sequencer, log } = ready();
    sequencer.request(special("a"), 0);
    sequencer.interrupt();
    sequencer.request(special("b"), 1);
    assert.deepEqual(log, ["e1 a"]);
    assert.equal(sequencer.created("r1", 0), true);
    sequencer.done("r1", 2);
    assert.deepEqual(log, ["e1 a", "cancel r1", "e2 b"]);
    assert.equal(sequencer.created("r2", 0), false);
  });

  for (const [order, run] of [
    [
      "before it is refused",
      (s: ResponseSequencer) => {
        s.interrupt();
        s.refused("e1", true, 1);
      },
    ],
    [
      "before the service's own response and the refusal come",
      (s: ResponseSequencer) => {
        s.interrupt();
        s.created("services own", 0);
        s.refused("e1", true, 1);
        s.done("services own", 2);
      },
    ],
    [
      "between the service's own response and the refusal",
      (s: ResponseSequencer) => {
        s.created("services own", 0);
        s.interrupt();
        s.refused("e1", true, 1);
        s.done("services own", 2);
      },
    ],
    [
      "before the socket is lost",
      (s: ResponseSequencer) => {
        s.interrupt();
        s.connectionLost();
        s.connectionReady(1);
      },
    ],
    [
      "and no answer ever comes",
      (s: ResponseSequencer) => {
        s.interrupt();
        s.tick(15_000);
      },
    ],
  ] as const) {
    it(`never asks again for a request that was interrupted ${order}`, () => {
      const { sequencer, log } = ready();
      sequencer.request(plain("i1"), 0);
      run(sequencer);
      sequencer.tick(60_000);
      const asked = log.filter((line) => !line.startsWith("cancel"));
      assert.deepEqual(asked, ["e1 i1"]);
      assert.equal(sequencer.isBusy, false);
    });
  }

  it("asks again on the next session for what was not answered on the last", () => {
    const { sequencer, log } = ready();
    sequencer.request(special("a"), 0);
    sequencer.request(special("b"), 0);
    sequencer.speechStarted();
    sequencer.connectionLost();
    sequencer.tick(99_000);
    assert.deepEqual(log, ["e1 a"]);
    sequencer.connectionReady(100_000);
    assert.deepEqual(log, ["e1 a", "e2 a"]);
    sequencer.created("r1", 0);
    sequencer.done("r1", 100_001);
    assert.deepEqual(log.at(-1), "e3 b");
  });

  it("does not ask again for a response that had begun when the socket was lost", () => {
    const { sequencer, log } = ready();
    sequencer.request(special("a"), 0);
    sequencer.created("r1", 0);
    sequencer.connectionLost();
    assert.equal(sequencer.activeResponseId, undefined);
    sequencer.connectionReady(1);
    assert.deepEqual(log, ["e1 a"]);
  });

  it("asks again after fifteen seconds without any answer", () => {
    const { sequencer, log } = ready();
    sequencer.request(plain("i1"), 1_000);
    sequencer.tick(15_999);
    assert.deepEqual(log, ["e1 i1"]);
    sequencer.tick(16_000);
    assert.deepEqual(log, ["e1 i1", "e2 i1"]);
  });

  it("gives up a request that cannot be written, tells who asked, and serves the next", () => {
    const { sequencer, log } = ready();
    assert.throws(() => sequencer.request(plain("unsendable"), 0), TypeError);
    assert.equal(sequencer.isBusy, false);
    sequencer.request(special("a"), 0);
    sequencer.request({ ...special("x"), itemIds: ["unsendable"] }, 0);
    sequencer.request(special("b"), 0);
    sequencer.created("r1", 0);
    assert.throws(() => sequencer.done("r1", 1), TypeError);
    assert.deepEqual(log.at(-1), "e4 b");
  });

  it("serves every request of 300 random talks, and a refusal never lasts", () => {
    for (let seed = 1; seed <= 300; seed += 1) {
      const talk = simulateTalk(randomFrom(seed));
      assert.deepEqual(talk.unserved, [], `seed ${seed}`);
      assert.ok(talk.refusalsInARow <= 3, `seed ${seed}`);
      assert.equal(talk.isBusyAtTheEnd, false, `seed ${seed}`);
    }
  });
});
