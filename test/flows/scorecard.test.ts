import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { packInto } from "../../scripts/pack";

const run = promisify(execFile);

/** The Flow Library's own tool, as its scorecard page runs it. */
const TOOL = "node-red-dev@0.1.6";
/** Similar packages and node types of others: only the library's catalogue knows them, and a test does not ask it. */
const ASKS_CATALOGUE = ["P08", "N01"];
/** A release of a dependency makes it fail from one day to the next, whatever is in this tree. */
const CHANGES_BY_ITSELF = "D03";

interface Check {
  readonly test: boolean;
}

describe("the Flow Library's scorecard of the packed package", function () {
  // The tool and what it needs come from the npm registry.
  this.timeout(300_000);
  let folder: string;
  let card: Readonly<Record<string, Check>>;

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "voice-live-scorecard-"));
    // Apart from the tool, whose own dependencies would else count as installed ones of the package.
    const [tool, packed] = ["tool", "packed"].map((name) =>
      path.join(folder, name),
    ) as [string, string];
    mkdirSync(tool);
    mkdirSync(packed);
    await run("tar", ["-xzf", await packInto(folder), "-C", packed]);
    await run(
      "npm",
      [
        "install",
        TOOL,
        "--prefix",
        tool,
        "--ignore-scripts",
        "--prefer-offline",
        "--no-audit",
        "--no-fund",
        "--no-save",
      ],
      { cwd: tool },
    );
    const written = path.join(folder, "card.json");
    await run(
      process.execPath,
      [
        "--require",
        path.join(__dirname, "..", "support", "no-catalogue.js"),
        path.join(tool, "node_modules", "node-red-dev", "bin", "run"),
        "validate",
        "--path",
        path.join(packed, "package"),
        "--output",
        written,
      ],
      { cwd: tool },
    );
    card = JSON.parse(readFileSync(written, "utf8")) as typeof card;
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const [check, what] of [
    ["P01", "a licence"],
    ["P03", "an address of its source"],
    ["P04", "a scoped name"],
    ["P05", "the keyword that lists it"],
    ["P06", "a Node-RED version that is a current one"],
    ["P07", "a Node.js version that Node-RED's own admits"],
    ["N02", "an example of every node"],
    ["D01", "few dependencies"],
    ["D02", "no dependency that is known to break Node-RED"],
  ] as const)
    it(`${check}: it has ${what}`, () => {
      assert.deepEqual(card[check]?.test, true, JSON.stringify(card[check]));
    });

  it("holds no other check", () => {
    const { package: _package, ...checks } = card;
    const known = ["P01", "P03", "P04", "P05", "P06", "P07", "N02"];
    assert.deepEqual(
      Object.keys(checks).toSorted(),
      [...known, "D01", "D02", CHANGES_BY_ITSELF, ...ASKS_CATALOGUE].toSorted(),
    );
    if (card[CHANGES_BY_ITSELF]?.test !== true)
      console.log(
        `      ${CHANGES_BY_ITSELF} fails today: ${JSON.stringify(card[CHANGES_BY_ITSELF])}`,
      );
  });
});
