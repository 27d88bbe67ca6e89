import assert from "node:assert/strict";
import { DEFAULT_CALL_LIMITS } from "../../lib/client/call-limits";
import type { FunctionCall } from "../../lib/client/tool-calls";
import { ToolBox } from "../../lib/client/tools";
import { Turns } from "../../lib/client/turns";
import type { ClientEvent, ResponseItem } from "../../lib/protocol";
import { stopClock, type StoppedClock } from "./clock";

const CALLS = [
  { callId: "a", itemId: "i", responseId: "r1", name: "slow", arguments: "{}" },
  { callId: "b", itemId: "i", responseId: "r1", name: "slow", arguments: "{}" },
] as const satisfies readonly FunctionCall[];
const USER: ResponseItem = {
  id: "u",
  type: "message",
  role: "user",
  content: [],
  status: "completed",
};

/** What goes to the service while functions are waited for. */
describe("a text to say while a function is waited for", () => {
  let clock: StoppedClock;
  let isReady: boolean;
  let sent: ClientEvent[];
  let turns: Turns;

  beforeEach(() => {
    clock = stopClock();
    isReady = true;
    sent = [];
    const tools = new ToolBox();
    tools.declare({
      name: "slow",
      description: "",
      parameters: { type: "object" },
      timeoutMs: 30_000,
      waiting: { text: "One moment.", afterMs: 1_500 },
    });
    turns = new Turns({
      tools,
      callLimits: DEFAULT_CALL_LIMITS,
      isReady: () => isReady,
      progressAt: () => 0,
      requireConnecting: () => undefined,
      send: (event) => {
        sent.push(event);
        return event.event_id ?? "";
      },
      onCall: () => undefined,
      onApproval: () => assert.fail("approval is not wanted"),
      onCallFault: (fault) => assert.fail(fault),
      onFault: (fault) => assert.fail(fault),
      onTextComplete: () => undefined,
      onChanged: () => undefined,
    });
    turns.sessionReady();
  });
  afterEach(() => {
    turns.close();
    assert.equal(clock.countTimers(), 0);
    clock.uninstall();
  });

  function call(count = 1): void {
    turns.responseCreated({ id: "r1" });
    turns.responseDone("r1", CALLS.slice(0, count));
  }
  /** The requests so far: what is to be said, or that the model may go on. */
  function requests(): readonly string[] {
    return sent.flatMap((event) => {
      if (event.type !== "response.create") return [];
      const said = event.response?.pre_generated_assistant_message?.content[0];
      return [said?.text ?? "follow-up"];
    });
  }

  it("is said exactly after its time, before the one follow-up to the result", () => {
    call();
    clock.tick(1_499);
    assert.deepEqual(requests(), []);
    clock.tick(1);
    assert.deepEqual(requests(), ["One moment."]);
    turns.responseCreated({ id: "r2" });
    turns.answerCall("a", "done", true);
    turns.responseDone("r2", []);
    clock.tick(10_000);
    assert.deepEqual(requests(), ["One moment.", "follow-up"]);
  });

  it("is said once for the functions of one response", () => {
    call(2);
    clock.tick(1_500);
    turns.responseCreated({ id: "r2" });
    turns.responseDone("r2", []);
    clock.tick(10_000);
    assert.deepEqual(requests(), ["One moment."]);
  });

  it("is not said when the result comes in time", () => {
    call();
    clock.tick(1_499);
    turns.answerCall("a", "done", true);
    turns.responseCreated({ id: "r2" });
    turns.responseDone("r2", []);
    clock.tick(10_000);
    assert.deepEqual(requests(), ["follow-up"]);
  });

  it("is not said when the result comes while another response keeps it waiting", () => {
    call();
    turns.responseCreated({ id: "r2" });
    clock.tick(1_500);
    turns.answerCall("a", "done", true);
    turns.responseDone("r2", []);
    assert.deepEqual(requests(), ["follow-up"]);
  });

  it("is not asked for again when the result comes before the service has refused it", () => {
    call();
    clock.tick(1_500);
    const request = sent.findLast(({ type }) => type === "response.create");
    turns.answerCall("a", "done", true);
    turns.refused({
      type: "invalid_request_error",
      code: "conversation_already_has_active_response",
      message: "",
      event_id: request?.event_id ?? "",
    });
    turns.responseCreated({ id: "r2" });
    turns.responseDone("r2", []);
    assert.deepEqual(requests(), ["One moment.", "follow-up"]);
  });

  for (const [what, happens] of [
    ["the user speaks", () => turns.speechStarted()],
    ["the user writes", () => turns.itemCreated(USER)],
    ["the flow interrupts", () => turns.interrupt()],
    ["the conversation is about to end", () => turns.finish()],
    ["the session ends", () => loseSession()],
  ] as const) {
    it(`is not said when ${what} meanwhile`, () => {
      call();
      happens();
      clock.tick(10_000);
      turns.speechStopped(false);
      assert.deepEqual(requests(), []);
    });

    it(`is not said when ${what} while it waits for its turn`, () => {
      call();
      turns.responseCreated({ id: "r2" });
      clock.tick(1_500);
      happens();
      turns.responseDone("r2", []);
      turns.speechStopped(false);
      assert.deepEqual(requests(), []);
    });
  }

  function loseSession(): void {
    isReady = false;
    turns.sessionLost();
    isReady = true;
    turns.sessionReady();
  }
});
