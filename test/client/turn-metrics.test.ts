import assert from "node:assert/strict";
import { TurnMetrics, type TurnReport } from "../../lib/client/turn-metrics";

function figures(report: TurnReport): readonly (number | null)[] {
  return [
    report.eot_to_first_delta_ms,
    report.eot_to_first_out_ms,
    report.interrupt_to_flush_ms,
  ];
}

describe("TurnMetrics", () => {
  it("measures from the end of the user's speech to the first delta and the first audio", () => {
    const metrics = new TurnMetrics();
    metrics.endOfTurn(1_000);
    for (const now of [1_250.4, 1_400]) metrics.delta(now);
    for (const now of [1_300.6, 1_500]) metrics.out(now);
    assert.deepEqual(metrics.report("r", "completed"), {
      responseId: "r",
      status: "completed",
      eot_to_first_delta_ms: 250,
      eot_to_first_out_ms: 301,
      interrupt_to_flush_ms: null,
      connect_ms: null,
    });
  });

  it("says null where that did not happen", () => {
    const metrics = new TurnMetrics();
    assert.deepEqual(figures(metrics.report("r", "failed")), [
      null,
      null,
      null,
    ]);
    metrics.delta(5);
    metrics.out(6);
    assert.deepEqual(figures(metrics.report("r", "x")), [null, null, null]);
    metrics.endOfTurn(10);
    metrics.delta(20);
    assert.deepEqual(figures(metrics.report("r", "x")), [10, null, null]);
  });

  it("lets the watch run on over a response that only called functions", () => {
    const metrics = new TurnMetrics();
    metrics.endOfTurn(0);
    assert.deepEqual(figures(metrics.report("r1", "completed")), [
      null,
      null,
      null,
    ]);
    metrics.delta(900);
    metrics.out(950);
    assert.deepEqual(figures(metrics.report("r2", "completed")), [
      900,
      950,
      null,
    ]);
  });

  it("measures each turn for itself", () => {
    const metrics = new TurnMetrics();
    metrics.endOfTurn(0);
    metrics.delta(100);
    metrics.out(100);
    metrics.report("r1", "completed");
    metrics.delta(5_000);
    assert.deepEqual(figures(metrics.report("r2", "x")), [null, null, null]);
    metrics.endOfTurn(10_000);
    metrics.delta(10_050);
    assert.deepEqual(figures(metrics.report("r3", "x")), [50, null, null]);
  });

  it("tells how long an interruption took, once", () => {
    const metrics = new TurnMetrics();
    metrics.interrupted(3);
    assert.deepEqual(figures(metrics.report("r1", "x")), [null, null, 3]);
    assert.deepEqual(figures(metrics.report("r2", "x")), [null, null, null]);
  });

  it("tells how long the present session took to connect, in every turn", () => {
    const metrics = new TurnMetrics();
    metrics.connected(120.4);
    assert.equal(metrics.report("r1", "completed").connect_ms, 120);
    assert.equal(metrics.report("r2", "completed").connect_ms, 120);
    metrics.connected(80);
    assert.equal(metrics.report("r3", "completed").connect_ms, 80);
  });
});
