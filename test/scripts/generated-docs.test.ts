import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { errorsDoc } from "../../scripts/errors-doc";
import { GENERATED_DOCS } from "../../scripts/generated-docs";

const ROOT = path.resolve(__dirname, "../../..");

describe("generated docs", () => {
  for (const { file, render } of GENERATED_DOCS) {
    it(`${file} is what its table gives (else: npm run docs)`, async () => {
      assert.equal(readFileSync(path.join(ROOT, file), "utf8"), await render());
    });

    it(`${file} is left alone by the formatter`, () => {
      const ignored = readFileSync(path.join(ROOT, ".prettierignore"), "utf8");
      assert.ok(ignored.split("\n").includes(file));
    });
  }
});

describe("docs/errors.md", () => {
  it("has each cell of a cause under its heading", () => {
    const lines = errorsDoc().split("\n");
    const row = lines.findIndex((line) => line.includes("`ECONNREFUSED`"));
    const head = lines.findLastIndex(
      (line, index) => index < row && line.includes("next step"),
    );
    const cells = (line = ""): string[] => line.split(" | ").slice(0, 3);
    assert.deepEqual(
      [cells(lines[head]), cells(lines[row])],
      [
        ["| cause", "severity", "code"],
        ["| The host refuses connections", "`retry`", "`VOICE_LIVE_NETWORK`"],
      ],
    );
  });
});
