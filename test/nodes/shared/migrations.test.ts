import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import {
  currentVersion,
  migrate,
  type Properties,
} from "../../../nodes/shared/migrations";
import { packageRoot } from "../../../scripts/user-dir";
import { propertiesOf } from "../../support/editor-definitions";

interface SavedNode extends Properties {
  readonly id: string;
  readonly type: string;
}

/** As the first release of the nodes saved it. */
const SAVED = (
  JSON.parse(
    readFileSync(
      path.join(packageRoot, "test/fixtures/flow-version-0.json"),
      "utf8",
    ),
  ) as SavedNode[]
).filter(isOurs);

describe("migrate", () => {
  for (const saved of SAVED)
    it(`gives ${saved.id} of the first flow files every property of today, and changes no other`, () => {
      const migrated = migrate(saved.type, saved);
      assert.equal(migrated["version"], currentVersion(saved.type));
      const missing = propertiesOf(saved.type).filter(
        (name) => !(name in migrated),
      );
      assert.deepEqual(missing, []);
      const { timeoutMs, ...others } = saved;
      for (const [name, value] of Object.entries(others))
        assert.deepEqual(migrated[name], value, name);
      if (timeoutMs !== undefined) assert.equal(migrated["timeoutMs"], 30_000);
    });

  it("fills in what the first flow files meant by leaving it out", () => {
    assert.deepEqual(migrate("voice-live-function", { timeoutMs: "500" }), {
      timeoutMs: 500,
      confirm: false,
      sayText: "",
      sayAfterMs: 1500,
      late: "report",
      version: 1,
    });
    assert.deepEqual(migrate("voice-live-audio-in", { rate: 8000 }), {
      rate: 8000,
      mix: "mean",
      version: 1,
    });
  });

  it("keeps what is there, and fills what the editor holds as undefined", () => {
    const { late, confirm } = migrate("voice-live-function", {
      late: "speak",
      confirm: undefined,
    });
    assert.deepEqual([late, confirm], ["speak", false]);
  });

  it("leaves numbers alone that are a variable, or none", () => {
    for (const timeoutMs of ["${SPAN}", "", "soon"])
      assert.equal(
        migrate("voice-live-function", { timeoutMs })["timeoutMs"],
        timeoutMs,
      );
  });

  it("changes nothing of the current version, of a newer one, or of what is none", () => {
    for (const version of [1, 2, 99, "1", -1, 1.5, null]) {
      const saved = { version, late: undefined };
      assert.equal(migrate("voice-live-function", saved), saved);
    }
  });

  it("does not write into what it is given", () => {
    const saved = Object.freeze({ timeoutMs: "5" });
    assert.notEqual(migrate("voice-live-function", saved), saved);
  });

  it("refuses a type that has no versions", () => {
    assert.throws(() => currentVersion("voice-live-choir"), TypeError);
  });
});

function isOurs({ type }: { readonly type: string }): boolean {
  return type.startsWith("voice-live-");
}
