import assert from "node:assert/strict";
import { Allowance } from "../lib/allowance";

describe("Allowance", () => {
  it("gives so much a second, and what was saved up to its bound", () => {
    const allowance = new Allowance(10, 20, 0);
    assert.equal(allowance.take(20, 0), true);
    assert.equal(allowance.take(1, 0), false);
    assert.equal(allowance.take(6, 500), false);
    assert.equal(allowance.take(5, 500), true);
    assert.equal(allowance.take(21, 60_000), false);
    assert.equal(allowance.take(20, 60_000), true);
  });
});
