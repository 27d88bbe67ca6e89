import assert from "node:assert/strict";
import { readRetryAfterMs } from "../../lib/client/retry-after";

const NOW = Date.parse("Wed, 21 Oct 2026 07:28:00 GMT");

describe("readRetryAfterMs", () => {
  for (const [what, headers, ms] of [
    ["seconds", { "retry-after": "20" }, 20_000],
    ["no time", { "retry-after": "0" }, 0],
    ["Azure's milliseconds", { "retry-after-ms": "1500" }, 1_500],
    [
      "milliseconds before seconds",
      { "retry-after-ms": "1500", "retry-after": "2" },
      1_500,
    ],
    [
      "a date by our clock",
      { "retry-after": "Wed, 21 Oct 2026 07:28:30 GMT" },
      30_000,
    ],
    [
      "a date by the answer's own clock",
      {
        date: "Fri, 31 Dec 1999 23:59:00 GMT",
        "retry-after": "Fri, 31 Dec 1999 23:59:40 GMT",
      },
      40_000,
    ],
    [
      "a date by our clock when the answer's cannot be read",
      { date: "today", "retry-after": "Wed, 21 Oct 2026 07:28:30 GMT" },
      30_000,
    ],
    ["a past date", { "retry-after": "Wed, 21 Oct 2015 07:28:00 GMT" }, 0],
    ["at most ten minutes", { "retry-after": "601" }, 600_000],
    [
      "at most ten minutes of a date",
      { "retry-after": "Wed, 21 Oct 2099 07:28:00 GMT" },
      600_000,
    ],
    ["nothing", {}, undefined],
    ["nothing in an empty header", { "retry-after": "" }, undefined],
    ["nothing in words", { "retry-after": "soon" }, undefined],
    ["nothing below zero", { "retry-after": "-5" }, undefined],
    ["nothing in fractions", { "retry-after": "1.5" }, undefined],
    ["nothing in a bare year", { "retry-after": "May 5" }, undefined],
    ["nothing beyond numbers", { "retry-after": "9".repeat(400) }, undefined],
  ] as const) {
    it(`reads ${what}`, () => assert.equal(readRetryAfterMs(headers, NOW), ms));
  }
});
