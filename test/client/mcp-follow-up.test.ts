import assert from "node:assert/strict";
import { McpFollowUp } from "../../lib/client/mcp-follow-up";
import type { ResponseItem } from "../../lib/protocol";
import { stopClock, type StoppedClock } from "./clock";

const CALL: ResponseItem = {
  id: "item_1",
  type: "mcp_call",
  server_label: "docs",
  name: "search",
};
const WORDS: ResponseItem = {
  id: "item_2",
  type: "message",
  role: "assistant",
};

describe("McpFollowUp", () => {
  let clock: StoppedClock;
  let asked: number;
  let refused: number;
  let isBusy: boolean;
  let followUp: McpFollowUp;
  beforeEach(() => {
    clock = stopClock();
    asked = 0;
    refused = 0;
    isBusy = false;
    followUp = new McpFollowUp({
      isBusy: () => isBusy,
      request: () => asked++,
      onLimit: () => refused++,
    });
  });
  afterEach(() => {
    followUp.stop();
    clock.uninstall();
  });

  it("asks for the answer to a call when the service gives none within a second", () => {
    followUp.callEnded();
    clock.tick(999);
    assert.equal(asked, 0);
    clock.tick(1);
    assert.equal(asked, 1);
  });

  it("stops asking a model that only ever calls, until the user says something", () => {
    const call = (): void => {
      followUp.callEnded();
      clock.tick(1_000);
    };
    for (let step = 0; step < 12; step++) call();
    assert.deepEqual([asked, refused], [10, 2]);
    followUp.userTurn();
    call();
    assert.equal(asked, 11);
  });

  it("asks for nothing that the service does by itself", () => {
    followUp.callEnded();
    followUp.responseCreated();
    clock.tick(5_000);
    assert.equal(asked, 0);
  });

  it("asks for nothing while somebody speaks or answers: that has the result before it", () => {
    isBusy = true;
    followUp.callEnded();
    isBusy = false;
    clock.tick(5_000);
    followUp.callEnded();
    isBusy = true;
    clock.tick(5_000);
    assert.equal(asked, 0);
  });

  for (const [what, status, output, count] of [
    ["ends with a call", "completed", [WORDS, CALL], 1],
    ["has told what came of its call", "completed", [CALL, WORDS], 0],
    ["was cancelled", "cancelled", [CALL], 0],
    ["holds nothing", "completed", [], 0],
  ] as const)
    it(`asks ${count === 1 ? "once" : "for nothing"} after a response that ${what}`, () => {
      followUp.responseDone({ id: "resp_1", status, output: [...output] });
      clock.tick(5_000);
      assert.equal(asked, count);
    });
});
