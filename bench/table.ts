import os from "node:os";
import { BOUNDS } from "./bounds";
import type { Effort, Outcome } from "./outcome";
import { describeProcessors } from "./processors";

/** Where it was measured; no figure means anything without. */
export function describeMachine(): string {
  const cpus = os.cpus();
  const memoryGb = Math.round(os.totalmem() / 2 ** 30);
  return `Node ${process.version}, ${process.platform} ${process.arch}, ${cpus.length} × ${cpus[0]?.model.trim() || "unnamed processor"}, ${memoryGb} GB, ${describeProcessors()}`;
}

/** The bound of an outcome, where it has one. */
export function boundOf(name: string, { isQuick }: Effort): number | undefined {
  const bound = BOUNDS[name];
  return isQuick ? (bound?.quick ?? bound?.atMost) : bound?.atMost;
}

/** Whether an outcome is within its bound; undefined where it has none. */
export function isWithin(
  { name, value }: Outcome,
  effort: Effort,
): boolean | undefined {
  const bound = boundOf(name, effort);
  return bound === undefined ? undefined : value <= bound;
}

/** Columns of one line: what, figure, spread, bound, verdict. */
export function cellsOf(each: Outcome, effort: Effort): readonly string[] {
  const bound = boundOf(each.name, effort);
  const isOk = isWithin(each, effort);
  return [
    each.name,
    `${figure(each.value)} ${each.unit}`,
    `± ${Math.round(each.spread * 100)} %`,
    bound === undefined ? "" : `≤ ${bound}`,
    isOk === undefined ? "" : isOk ? "ok" : "WORSE",
  ];
}

function figure(value: number): string {
  if (Math.abs(value) >= 100) return value.toFixed(0);
  return Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** For a terminal. */
export function textTable(
  outcomes: readonly Outcome[],
  effort: Effort,
): string {
  const rows = outcomes.map((each) => cellsOf(each, effort));
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(0, ...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  return rows
    .map(([name = "", ...cells]) =>
      [
        name.padEnd(widths[0] ?? 0),
        ...cells.map((cell, index) => cell.padStart(widths[index + 1] ?? 0)),
      ]
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** For `results.md`. */
export function markdownTable(
  outcomes: readonly Outcome[],
  effort: Effort,
): string {
  const rows = outcomes.map((each) => cellsOf(each, effort));
  return [
    ["what", "figure", "spread", "bound", ""],
    ["---", "---:", "---:", "---:", "---"],
    ...rows,
  ]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}
