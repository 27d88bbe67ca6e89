import assert from "node:assert/strict";
import { ToolBox } from "../../lib/client/tools";
import { VoiceLiveError } from "../../lib/client/errors";
import {
  HARMLESS_CALLS,
  HOSTILE_CALLS,
  HOSTILE_TOOLS,
} from "../support/hostile-arguments";

describe("arguments of function calls", () => {
  const tools = new ToolBox();
  for (const [name, parameters] of Object.entries(HOSTILE_TOOLS))
    tools.declare({ name, description: "", parameters, timeoutMs: 0 });

  function refusalOf(tool: string, json: string): VoiceLiveError | undefined {
    try {
      tools.readArguments(tool, json);
      return undefined;
    } catch (thrown) {
      assert.ok(thrown instanceof VoiceLiveError, String(thrown));
      return thrown;
    }
  }

  it("are refused where they are hostile, each with a short reason that does not quote them", () => {
    assert.ok(HOSTILE_CALLS.length >= 100);
    assert.equal(
      new Set(HOSTILE_CALLS.map(({ json }) => json)).size,
      HOSTILE_CALLS.length,
    );
    for (const { tool, json } of HOSTILE_CALLS) {
      const what = `${tool} ${json.slice(0, 80)}`;
      const fault = refusalOf(tool, json);
      assert.equal(fault?.code, "VOICE_LIVE_ARGUMENTS", what);
      assert.ok((fault?.message.length ?? 0) < 400, what);
      assert.ok(!fault?.message.includes("x".repeat(100)), what);
    }
  });

  for (const [what, tool, json] of [
    ["backtrack without end", "code", { code: `${"a".repeat(60)}!` }],
    ["backtrack for long", "name", { name: "a".repeat(60_000) }],
  ] as const) {
    it(`are given up when the pattern makes them ${what}`, () =>
      assert.match(
        refusalOf(tool, JSON.stringify(json))?.message ?? "",
        /take too long to check/,
      ));
  }

  it("arrive as the schema wants them where they only look hostile", () => {
    for (const { tool, json, arrives } of HARMLESS_CALLS)
      assert.deepEqual(tools.readArguments(tool, json), arrives, json);
    assert.equal(({} as { isAdmin?: unknown }).isAdmin, undefined);
  });

  it("may be as long and as deep as the bounds say", () => {
    const text = "x".repeat(64 * 1024 - '{"t":""}'.length);
    assert.deepEqual(tools.readArguments("any", JSON.stringify({ t: text })), {
      t: text,
    });
    const deep = `{"a":${"[".repeat(63)}${"]".repeat(63)}}`;
    assert.equal(JSON.stringify(tools.readArguments("any", deep)), deep);
  });

  it("may have a name that JavaScript knows", () => {
    const json = '{"constructor":"Brunel","prototype":"Mark II"}';
    assert.equal(JSON.stringify(tools.readArguments("any", json)), json);
  });

  for (const [what, parameters] of [
    ["refers to itself without end", { $ref: "#" }],
    [
      "refers round in a circle",
      {
        $defs: { a: { $ref: "#/$defs/b" }, b: { $ref: "#/$defs/a" } },
        $ref: "#/$defs/a",
      },
    ],
    ["would be checked later", { $async: true, type: "object" }],
  ] as const) {
    it(`have no schema that ${what}`, () =>
      assert.throws(
        () =>
          new ToolBox().declare({
            name: "loop",
            description: "",
            parameters,
            timeoutMs: 0,
          }),
        { code: "VOICE_LIVE_TOOL" },
      ));
  }
});
