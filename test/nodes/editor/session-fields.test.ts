import assert from "node:assert/strict";
import {
  FLAG_SETTINGS,
  JSON_SETTINGS,
  LIST_SETTINGS,
  NUMBER_SETTINGS,
} from "../../../lib/protocol/setting-types";
import {
  keyOf,
  SESSION_FIELDS,
  type FieldKind,
} from "../../../nodes/editor/session-fields";

/** Paths of all fields of some kinds. */
function pathsOf(...kinds: FieldKind[]): readonly string[] {
  return SESSION_FIELDS.filter(({ kind }) => kinds.includes(kind))
    .map(({ path }) => path)
    .toSorted();
}

describe("fields of the session dialog", () => {
  it("are of the types by which the runtime reads environment variables", () => {
    assert.deepEqual(pathsOf("number"), NUMBER_SETTINGS.toSorted());
    assert.deepEqual(pathsOf("flag"), FLAG_SETTINGS.toSorted());
    assert.deepEqual(
      pathsOf("words", "lines", "set"),
      LIST_SETTINGS.toSorted(),
    );
    assert.deepEqual(pathsOf("map", "json"), JSON_SETTINGS.toSorted());
  });

  it("have each a path and a key of their own", () => {
    const paths = SESSION_FIELDS.map(({ path }) => path);
    assert.equal(new Set(paths).size, paths.length);
    assert.equal(new Set(paths.map(keyOf)).size, paths.length);
  });
});
