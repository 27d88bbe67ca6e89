import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
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
