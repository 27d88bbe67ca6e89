import assert from "node:assert/strict";
import type { EditorNodeInstance } from "node-red";
import { upgrade } from "../../../nodes/editor/upgrade";
import type { Properties } from "../../../nodes/shared/migrations";

const AGENT = { name: "", project: "" };
const DEFINITION = {
  defaults: {
    name: { value: "" },
    version: { value: 1 },
    model: { value: "gpt-realtime" },
    historyItems: { value: 20 },
    agent: { value: AGENT },
    settings: { value: { instructions: "Be brief." } },
  },
};

/** A session as the editor holds it once the dialog is about to show. */
function opened(saved: Properties): Properties {
  const node = { type: "voice-live-session", _def: DEFINITION, ...saved };
  upgrade(node as unknown as EditorNodeInstance);
  return node;
}

describe("upgrade", () => {
  it("gives what a flow leaves out the value that a new node has, and what an earlier version meant goes first", () => {
    const { name, model, agent, settings, historyItems, version } = opened({
      model: "gpt-4.1",
      agent: undefined,
      settings: {},
    });
    assert.deepEqual(
      { name, model, agent, settings, historyItems, version },
      {
        name: "",
        model: "gpt-4.1",
        agent: AGENT,
        settings: {},
        historyItems: 50,
        version: 1,
      },
    );
  });

  it("gives each node a value of its own", () => {
    assert.notEqual(opened({})["agent"], AGENT);
  });

  it("writes nothing to a node that has everything", () => {
    const complete = { ...opened({}) };
    const watched = new Proxy(complete, {
      set: (_node, property) => assert.fail(String(property)),
    });
    upgrade(watched as unknown as EditorNodeInstance);
  });
});
