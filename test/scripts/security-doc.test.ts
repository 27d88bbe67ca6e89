import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

const ROOT = path.resolve(__dirname, "../../..");
const text = readFileSync(path.join(ROOT, "docs/security.md"), "utf8");

/** Rows of the table of threats: what, against it, shown by. */
const rows = (text.split("## Threats")[1] ?? "")
  .split("\n")
  .filter((line) => line.startsWith("|"))
  .slice(2)
  .map((line) => line.split("|").map((cell) => cell.trim()));

describe("docs/security.md", () => {
  it("has a table of threats", () => {
    assert.ok(rows.length >= 15);
  });

  for (const [, threat = "", , shownBy = ""] of rows) {
    it(`names tests that exist: ${threat}`, () => {
      const places = [
        ...shownBy.matchAll(
          /`(test\/[\w./-]+\.test\.ts)`: ((?:«[^»]+»,? ?)+)/g,
        ),
      ];
      assert.ok(places.length > 0, shownBy);
      for (const [, file = "", titles = ""] of places)
        for (const [, title = ""] of titles.matchAll(/«([^»]+)»/g))
          assert.ok(hasTest(file, title), `${file} has no «${title}»`);
    });
  }
});

function hasTest(file: string, title: string): boolean {
  const source = path.join(ROOT, file);
  if (!existsSync(source)) return false;
  const escaped = title.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`\\b(it|describe)\\(\\s*["\`]${escaped}["\`]`).test(
    readFileSync(source, "utf8"),
  );
}
