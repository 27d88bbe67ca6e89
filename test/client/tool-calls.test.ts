import assert from "node:assert/strict";
import { ToolCallLedger, type FunctionCall } from "../../lib/client/tool-calls";
import { heldBytes } from "../faults/heap";
import { faultOf } from "./faults";

function callOf(callId: string): FunctionCall {
  return {
    callId,
    itemId: `item_${callId}`,
    responseId: "r1",
    name: "f",
    arguments: "{}",
  };
}

function ledgerOf(...callIds: string[]): ToolCallLedger {
  const ledger = new ToolCallLedger();
  ledger.open("r1", callIds.map(callOf));
  return ledger;
}

describe("ToolCallLedger", () => {
  it("wants one follow-up, when the last call of a response is answered, in any order", () => {
    for (const order of ["a b c", "c b a", "b c a"]) {
      const ledger = ledgerOf("a", "b", "c");
      const followUps = order.split(" ").map((id) => {
        const { call, followUp } = ledger.answer(id, true);
        assert.equal(call.itemId, `item_${id}`);
        return followUp;
      });
      assert.deepEqual(followUps, [false, false, true], order);
      assert.deepEqual(ledger.pending, []);
    }
  });

  it("wants a follow-up if any of the answers does", () => {
    for (const [wishes, followUp] of [
      [[true, false], true],
      [[false, true], true],
      [[false, false], false],
    ] as const) {
      const ledger = ledgerOf("a", "b");
      ledger.answer("a", wishes[0]);
      assert.equal(ledger.answer("b", wishes[1]).followUp, followUp);
    }
  });

  it("keeps the calls of two responses apart", () => {
    const ledger = ledgerOf("a", "b");
    ledger.open("r2", [callOf("c")]);
    assert.equal(ledger.answer("c", true).followUp, true);
    assert.equal(ledger.answer("a", true).followUp, false);
    assert.deepEqual(
      ledger.pending.map(({ callId }) => callId),
      ["b"],
    );
  });

  it("runs a call once, however often it is told of it", () => {
    const ledger = new ToolCallLedger();
    assert.equal(ledger.open("r1", [callOf("a"), callOf("a")]).length, 1);
    assert.deepEqual(ledger.open("r2", [callOf("a")]), []);
    assert.equal(ledger.answer("a", true).followUp, true);
    assert.deepEqual(ledger.open("r3", [callOf("a")]), []);
  });

  it("names what is wrong with a result that nobody waits for", () => {
    const ledger = ledgerOf("answered", "late", "old");
    ledger.answer("answered", true);
    ledger.timeOut("late");
    ledger.sessionLost();
    for (const [callId, code, words] of [
      ["nobody", "VOICE_LIVE_CALL_UNKNOWN", /nobody is not known/],
      ["__proto__", "VOICE_LIVE_CALL_UNKNOWN", /not known/],
      ["answered", "VOICE_LIVE_CALL_ANSWERED", /has had its result/],
      ["late", "VOICE_LIVE_CALL_LATE", /given up/],
      ["old", "VOICE_LIVE_CALL_LATE", /session that has ended/],
    ] as const) {
      const fault = faultOf(code, () => ledger.answer(callId, true));
      assert.match(fault.message, words);
      assert.ok(fault.nextStep);
    }
  });

  it("takes a call that timed out for one that wants a follow-up", () => {
    const ledger = ledgerOf("a", "b");
    ledger.answer("a", false);
    assert.equal(ledger.timeOut("b")?.followUp, true);
  });

  it("times nothing out that is answered, unknown or of an earlier session", () => {
    const ledger = ledgerOf("a", "b");
    ledger.answer("a", true);
    ledger.sessionLost();
    for (const callId of ["a", "b", "x"])
      assert.equal(ledger.timeOut(callId), undefined);
    assert.deepEqual(ledger.pending, []);
  });

  it("remembers five hundred closed calls, and every open one", () => {
    const ledger = ledgerOf("open", "first", "second");
    ledger.answer("first", false);
    ledger.answer("second", false);
    for (let index = 0; index < 499; index += 1) {
      ledger.open("r2", [callOf(`c${index}`)]);
      ledger.answer(`c${index}`, false);
    }
    faultOf("VOICE_LIVE_CALL_UNKNOWN", () => ledger.answer("first", true));
    faultOf("VOICE_LIVE_CALL_ANSWERED", () => ledger.answer("second", true));
    assert.equal(ledger.answer("open", true).followUp, true);
  });

  it("keeps the id of an answered call, and nothing else of it", () => {
    const ledgers = Array.from({ length: 10 }, () => new ToolCallLedger());
    const before = heldBytes();
    for (const ledger of ledgers)
      for (let index = 0; index < 500; index += 1) {
        const responseId = `resp_${index}`;
        ledger.open(responseId, [{ ...callOf(`c${index}`), responseId }]);
        ledger.answer(`c${index}`, true);
      }
    const bytes = (heldBytes() - before) / (ledgers.length * 500);
    assert.ok(bytes < 250, `${Math.round(bytes)} bytes a call`);
    for (const ledger of ledgers)
      faultOf("VOICE_LIVE_CALL_ANSWERED", () => ledger.answer("c0", true));
  });
});
