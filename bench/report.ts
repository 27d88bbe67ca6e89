import { CLIENTS, measure, type BenchCase, type Effort } from "./measure";
import { Service } from "./service";

/** Two minutes at most, on a slow machine. */
const THOROUGH: Effort = { rounds: 9, share: 1 };
/** For CI, where only the fact that it runs counts. */
const QUICK: Effort = { rounds: 3, share: 0.2 };

/** What the others are measured by. */
const BASELINE = CLIENTS.findIndex(({ name }) => name === "plain ws");

/** Measures and prints; `--quick` on the command line measures less. Speed is told, never judged. */
export async function report(cases: readonly BenchCase[]): Promise<void> {
  const effort = process.argv.includes("--quick") ? QUICK : THOROUGH;
  const service = await Service.start();
  try {
    console.log(
      `Processor time of the client, median of ${effort.rounds} rounds; × is against ${CLIENTS[BASELINE]?.name}.`,
    );
    console.log(
      `Node ${process.version}, ${process.platform} ${process.arch}\n`,
    );
    const width = Math.max(...cases.map(({ label }) => label.length));
    console.log(
      line(
        "",
        CLIENTS.map(({ name }) => name),
        width,
      ),
    );
    for (const bench of cases)
      console.log(
        line(bench.label, cells(await measure(service, bench, effort)), width),
      );
  } finally {
    await service.close();
  }
}

/** For a bench that is started by itself. */
export async function runAlone(cases: readonly BenchCase[]): Promise<void> {
  try {
    await report(cases);
  } catch (thrown) {
    console.error(thrown);
    process.exitCode = 1;
  }
}

function cells(timesUs: readonly number[]): string[] {
  const baseline = timesUs[BASELINE] ?? Number.NaN;
  return timesUs.map(
    (us) => `${us.toFixed(1)} µs  × ${(us / baseline).toFixed(2)}`,
  );
}

function line(
  label: string,
  columns: readonly string[],
  width: number,
): string {
  return [
    label.padEnd(width),
    ...columns.map((column) => column.padStart(22)),
  ].join("");
}
