import assert from "node:assert/strict";
import { CallLimits } from "../../lib/client/call-limits";

describe("CallLimits", () => {
  for (const [limit, says] of [
    [1, /1 function was called within a minute/],
    [2, /2 functions were called within a minute/],
  ] as const) {
    it(`tells of a limit of ${limit} a minute`, () => {
      const limits = new CallLimits({ callsPerMinute: limit, callSteps: 9 });
      for (let call = 0; call < limit; call++)
        assert.equal(limits.admit("weather", 0, 0), undefined);
      assert.match(limits.admit("weather", 0, 0)?.message ?? "", says);
    });
  }

  for (const [limit, says] of [
    [1, /1 response in a row/],
    [2, /2 responses in a row/],
  ] as const) {
    it(`tells of a limit of ${limit} in a row`, () => {
      const limits = new CallLimits({ callsPerMinute: 9, callSteps: limit });
      for (let step = 0; step <= limit; step++) limits.step();
      assert.match(limits.admit("weather", 0, 0)?.message ?? "", says);
    });
  }
});
