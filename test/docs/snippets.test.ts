import assert from "node:assert/strict";
import { parseScript } from "../../lib/simulator/script-schema";
import type { FlowNode } from "../../scripts/flow-file";
import { flowsOf, PAGES, snippetsOf } from "./pages";

const snippets = PAGES.flatMap(snippetsOf).filter(
  ({ language }) => language === "json",
);

describe("JSON in the docs", () => {
  for (const { file, heading, code } of snippets) {
    it(`is valid: ${file}, ${heading}`, () => {
      assert.doesNotThrow(() => JSON.parse(code));
    });

    if (/"do":/.test(code))
      it(`is a script of the simulator: ${file}, ${heading}`, () => {
        assert.doesNotThrow(() => parseScript(JSON.parse(code)));
      });
  }
});

describe("flows in the docs", () => {
  const flows = PAGES.flatMap(flowsOf);

  it("are there", () => {
    assert.ok(flows.length >= 7);
  });

  it("have ids that no other of them has", () => {
    const ids = flows.flat().map(({ id }) => id);
    assert.deepEqual(
      ids.filter((id, index) => ids.indexOf(id) !== index),
      [],
    );
  });

  for (const flow of flows) {
    it(`have no loose end: ${String(flow[0]?.["label"] ?? flow[0]?.["name"])}`, () => {
      const ids = new Set(flow.map(({ id }) => id));
      assert.deepEqual(
        flow.flatMap(targetsOf).filter((id) => !ids.has(id)),
        [],
      );
    });
  }
});

/** Ids of the nodes that a node names. */
function targetsOf(node: FlowNode): string[] {
  const { wires, links, scope, session, resource, z } = node;
  return [wires, links, scope, session, resource, z]
    .flat(2)
    .filter((id): id is string => typeof id === "string");
}
