import assert from "node:assert/strict";
import { RefusalLog } from "../../lib/talk/refusal-log";

describe("RefusalLog", () => {
  it("counts each refusal, and says it once for each address and reason", () => {
    const lines: string[] = [];
    const log = new RefusalLog((line) => lines.push(line));
    log.refused("a", "One");
    log.refused("a", "One");
    log.refused("a", "Two");
    log.refused("b", "One");
    assert.equal(log.count, 4);
    assert.deepEqual(lines, [
      "A page from a was refused: One.",
      "A page from a was refused: Two.",
      "A page from b was refused: One.",
    ]);
  });

  it("falls silent before it fills the log", () => {
    const lines: string[] = [];
    const log = new RefusalLog((line) => lines.push(line));
    for (let n = 0; n < 3_000; n++) log.refused(`a${n}`, "One");
    assert.equal(log.count, 3_000);
    assert.equal(lines.length, 1_001);
    assert.match(lines.at(-1) ?? "", /only counted/);
  });
});
