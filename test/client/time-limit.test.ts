import assert from "node:assert/strict";
import { withinMs } from "../../lib/client/time-limit";

describe("withinMs", () => {
  it("gives back what was computed, objects as they are", () => {
    const value = { a: 1 };
    assert.equal(
      withinMs(1_000, () => value),
      value,
    );
  });

  it("lets an error through as it is", () => {
    const error = new TypeError("own");
    assert.throws(
      () =>
        withinMs(1_000, () => {
          throw error;
        }),
      (thrown) => thrown === error,
    );
  });

  it("stops a regular expression that backtracks, and goes on afterwards", () => {
    const input = `${"a".repeat(60)}!`;
    assert.throws(() => withinMs(20, () => /^(a+)+$/.test(input)), RangeError);
    assert.equal(
      withinMs(1_000, () => 5),
      5,
    );
  });

  it("gives a second chance to what lost its first to a busy machine", () => {
    let runs = 0;
    const late = (): number => {
      runs++;
      // Stands for a process that gets no turn.
      if (runs === 1) for (;;);
      return runs;
    };
    assert.equal(withinMs(500, late), 2);
  });

  it("may be used inside itself", () => {
    assert.equal(
      withinMs(
        1_000,
        () => withinMs(1_000, () => 1) + withinMs(1_000, () => 2),
      ),
      3,
    );
  });
});
