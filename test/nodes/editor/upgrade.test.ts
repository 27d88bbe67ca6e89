import assert from "node:assert/strict";
import type { EditorNodeInstance } from "node-red";
import { upgrade } from "../../../nodes/editor/upgrade";

/** The part of a node's definition that counts: one property that flows written by hand leave out. */
const DEFINITION = { defaults: { name: {}, description: { value: "" } } };

/** A node as the editor has it: it notes what is written to it. */
function watched(properties: object): {
  readonly node: EditorNodeInstance;
  readonly written: string[];
} {
  const written: string[] = [];
  const node = new Proxy(properties, {
    set(target, name, value) {
      written.push(String(name));
      return Reflect.set(target, name, value);
    },
  });
  return { node: node as EditorNodeInstance, written };
}

describe("upgrade", () => {
  it("shows an earlier node in today's words, and writes nothing but what differs", () => {
    const properties = {
      _def: DEFINITION,
      type: "voice-live-function",
      functionName: "f",
      timeoutMs: "500",
      late: undefined,
      confirm: true,
    };
    const { node, written } = watched(properties);
    upgrade(node);
    assert.deepEqual(properties, {
      _def: DEFINITION,
      description: "",
      type: "voice-live-function",
      functionName: "f",
      timeoutMs: 500,
      late: "report",
      confirm: true,
      sayText: "",
      sayAfterMs: 1500,
      version: 1,
    });
    assert.deepEqual(written.toSorted(), [
      "description",
      "late",
      "sayAfterMs",
      "sayText",
      "timeoutMs",
      "version",
    ]);
  });

  for (const version of [1, 7])
    it(`writes nothing to a node of version ${version}`, () => {
      const { node, written } = watched({
        _def: DEFINITION,
        type: "voice-live-function",
        description: "",
        version,
      });
      upgrade(node);
      assert.deepEqual(written, []);
    });
});
