/** One line of the table of `npm run test:faults`. */
export interface TableRow {
  readonly name: string;
  readonly count: number;
  readonly result: "ok" | "FAILED";
  readonly figure: string;
  readonly seconds: number;
}

const HEAD = ["name", "count", "result", "figure", "s"];

/** Columns as wide as their widest cell; numbers to the right. */
export function formatTable(rows: readonly TableRow[]): string {
  const cells = rows.map(({ name, count, result, figure, seconds }) => [
    name,
    count.toLocaleString("en"),
    result,
    figure,
    String(seconds),
  ]);
  const widths = HEAD.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) =>
        isNumeric(column)
          ? cell.padStart(widths[column] ?? 0)
          : cell.padEnd(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd();
  const rule = widths.map((width) => "─".repeat(width)).join("  ");
  return [line(HEAD), rule, ...cells.map(line)].join("\n");
}

function isNumeric(column: number): boolean {
  return HEAD[column] === "count" || HEAD[column] === "s";
}
