import assert from "node:assert/strict";
import { observeSent, type SentMessage } from "../../scripts/sent-messages";

type Handler = Parameters<Parameters<typeof observeSent>[0]["add"]>[1];
type SendEvents = Parameters<Handler>[0];

function observed(events: SendEvents): SentMessage[] {
  const seen: SentMessage[] = [];
  let send: Handler = () => assert.fail("no handler was added");
  observeSent({ add: (_hook, handler) => (send = handler) }, (sent) =>
    seen.push(sent),
  );
  send(events);
  return seen;
}

const source = (port: number) => ({ id: "a", port, node: { type: "inject" } });

describe("observeSent", () => {
  it("reports a message once when several wires leave the output", () => {
    const msg = { payload: 1 };
    assert.deepEqual(
      observed([
        { msg, source: source(0) },
        { msg, source: source(0) },
      ]),
      [{ id: "a", type: "inject", name: "", port: 0, msg }],
    );
  });

  it("reports each message of a list", () => {
    const seen = observed(
      [1, 2].map((payload) => ({ msg: { payload }, source: source(0) })),
    );
    assert.deepEqual(
      seen.map((sent) => sent.msg),
      [{ payload: 1 }, { payload: 2 }],
    );
  });

  it("reports one message on two outputs twice", () => {
    const msg = { payload: 1 };
    assert.deepEqual(
      observed([0, 1].map((port) => ({ msg, source: source(port) }))).map(
        (sent) => sent.port,
      ),
      [0, 1],
    );
  });
});
