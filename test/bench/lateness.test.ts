import assert from "node:assert/strict";
import { latestOf, type Arrival } from "../../bench/flow/lateness";

const LEAD_MS = 200;
const CHUNK_MS = 40;

/** Chunks of 40 ms, by when they left. */
function reply(...at: readonly number[]): Arrival[] {
  return at.map((each, index) => ({
    at: each,
    startMs: index * CHUNK_MS,
    endMs: (index + 1) * CHUNK_MS,
  }));
}

describe("latestOf", () => {
  it("finds no chunk late that leaves as soon as the device has room", () => {
    assert.equal(
      latestOf(reply(500, 500, 500, 500, 500, 540, 580), LEAD_MS),
      0,
    );
  });

  it("finds a chunk late that fills the lead behind the first", () => {
    assert.equal(latestOf(reply(500, 500, 500, 507, 507), LEAD_MS), 7);
  });

  it("finds the one late chunk of a reply that is in time before and after it", () => {
    assert.equal(
      latestOf(reply(500, 500, 500, 500, 500, 540, 631, 631, 660), LEAD_MS),
      51,
    );
  });

  it("keeps to the reply's beginning when the device ran dry and everything after it is late", () => {
    assert.equal(
      latestOf(
        reply(500, 500, 500, 500, 500, 1000, 1000, 1000, 1000, 1000, 1040),
        LEAD_MS,
      ),
      460,
    );
  });

  it("takes the first chunk that it is given for the beginning, wherever that is in the reply", () => {
    const later = reply(0, 0, 500, 500, 500, 500, 500, 540, 583).slice(2);
    assert.equal(latestOf(later, LEAD_MS), 3);
  });

  it("finds nothing late where nothing came", () => {
    assert.equal(latestOf([], LEAD_MS), 0);
  });
});
