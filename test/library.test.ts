import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import path from "node:path";

const root = path.resolve(__dirname, "../..");
const { name: PACKAGE } = require(path.join(root, "package.json")) as {
  name: string;
};

/** What a program prints as JSON, run in the package's folder: a package finds itself by its own name. */
function printedBy(
  program: string,
  kind: "module" | "commonjs",
): readonly string[] {
  const out = execFileSync(
    process.execPath,
    [`--input-type=${kind}`, "--eval", program],
    { encoding: "utf8", cwd: root },
  );
  return JSON.parse(out) as string[];
}

describe("The library", () => {
  it("gives an ES module each of its names", () => {
    const required = printedBy(
      `console.log(JSON.stringify(Object.keys(require("${PACKAGE}"))))`,
      "commonjs",
    );
    const imported = printedBy(
      `import * as library from "${PACKAGE}";
      console.log(JSON.stringify(Object.keys(library)))`,
      "module",
    );
    // What Node.js itself says of a CommonJS module.
    const ofNode = new Set(["default", "module.exports", "__esModule"]);
    assert.deepEqual(
      imported.filter((name) => !ofNode.has(name)).toSorted(),
      required.toSorted(),
    );
  });

  it("is imported by name as the README shows it", () => {
    const kinds = printedBy(
      `import { startSimulator, Conversation, VoiceLiveError } from "${PACKAGE}";
      console.log(JSON.stringify([startSimulator, Conversation, VoiceLiveError].map((each) => typeof each)))`,
      "module",
    );
    assert.deepEqual(kinds, ["function", "function", "function"]);
  });

  it("loads the simulator when it is used", () => {
    const files = printedBy(
      `require("${PACKAGE}"); console.log(JSON.stringify(Object.keys(require.cache)))`,
      "commonjs",
    );
    const simulator = path.join("lib", "simulator");
    assert.ok(
      files.some((file) => file.endsWith(path.join("lib", "index.js"))),
    );
    assert.deepEqual(
      files.filter((file) => file.includes(simulator + path.sep)),
      [],
    );
  });
});
