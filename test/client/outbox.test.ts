import assert from "node:assert/strict";
import { Outbox, type OutgoingItem } from "../../lib/client/outbox";
import { faultOf } from "./faults";

function itemOf(id: string): OutgoingItem {
  return {
    id,
    type: "message",
    role: "user",
    content: [{ type: "input_text", text: id }],
  };
}

function resultOf(id: string): OutgoingItem {
  return { id, type: "function_call_output", call_id: "c", output: "" };
}

describe("Outbox", () => {
  let outbox: Outbox;
  let sent: string[];
  const send = ({ id }: OutgoingItem): string => `e${sent.push(id)}`;

  beforeEach(() => {
    outbox = new Outbox();
    sent = [];
  });

  it("sends each item once in one session, in order", () => {
    outbox.add([itemOf("a")]);
    outbox.add([itemOf("b")]);
    outbox.sendAll(send);
    outbox.add([itemOf("c")]);
    outbox.sendAll(send);
    assert.deepEqual(sent, ["a", "b", "c"]);
  });

  it("sends again on the next session what the last did not acknowledge", () => {
    for (const id of ["a", "b", "c"]) outbox.add([itemOf(id)]);
    outbox.sendAll(send);
    outbox.acknowledge("b");
    outbox.acknowledge("unknown");
    outbox.sessionLost();
    sent = [];
    outbox.sendAll(send);
    assert.deepEqual(sent, ["a", "c"]);
  });

  it("gives up results of calls that the next session knows nothing of", () => {
    outbox.add([resultOf("r")]);
    outbox.add([itemOf("a")]);
    outbox.sessionLost();
    outbox.sendAll(send);
    assert.deepEqual(sent, ["a"]);
  });

  it("gives up an item that the service refuses, by the id of its event", () => {
    outbox.add([itemOf("a")]);
    outbox.add([itemOf("b")]);
    assert.equal(outbox.refused("e1"), false);
    outbox.sendAll(send);
    assert.equal(outbox.refused("e1"), true);
    assert.equal(outbox.refused("e1"), false);
    assert.equal(outbox.refused("e9"), false);
    outbox.sessionLost();
    sent = [];
    outbox.sendAll(send);
    assert.deepEqual(sent, ["b"]);
  });

  it("does not take an event of the last session for one of this", () => {
    outbox.add([itemOf("a")]);
    outbox.sendAll(send);
    outbox.sessionLost();
    assert.equal(outbox.refused("e1"), false);
  });

  it("refuses the hundred and first, until the service has taken one", () => {
    for (let index = 0; index < 100; index += 1)
      outbox.add([itemOf(`i${index}`)]);
    const fault = faultOf("VOICE_LIVE_LIMIT", () => outbox.add([itemOf("x")]));
    assert.match(fault.message, /100 messages wait.*Send fewer/);
    outbox.acknowledge("i7");
    outbox.add([itemOf("x")]);
    outbox.sendAll(send);
    assert.equal(sent.length, 100);
  });

  it("refuses more than 32 MB, all of a message or none", () => {
    const photo = (id: string): OutgoingItem => ({
      id,
      type: "message",
      role: "user",
      content: [{ type: "input_text", text: "x".repeat(15 * 1024 * 1024) }],
    });
    outbox.add([photo("a"), photo("b")]);
    const more = [itemOf("c"), photo("d")];
    const fault = faultOf("VOICE_LIVE_LIMIT", () => outbox.add(more));
    assert.match(fault.message, /46 MB of messages would wait/);
    outbox.sendAll(send);
    assert.deepEqual(sent, ["a", "b"]);
    outbox.acknowledge("a");
    outbox.add(more);
  });

  it("takes back what was not sent, and nothing else", () => {
    outbox.add([itemOf("a")]);
    outbox.sendAll(send);
    outbox.add([itemOf("b")]);
    outbox.withdraw(["a", "b", "c"]);
    outbox.sessionLost();
    sent = [];
    outbox.sendAll(send);
    assert.deepEqual(sent, ["a"]);
  });
});
