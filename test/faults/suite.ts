import { appendFileSync } from "node:fs";
import { type Random, seeded } from "../support/random";
import type { TableRow } from "./table";

/** What a run has shown. */
export interface Finding {
  /** How many cases were tried. */
  readonly count: number;
  /** The measure that decided, as the table shows it. */
  readonly figure: string;
}

export interface Counts<Size> {
  /** For `npm test`: a few seconds. */
  readonly quick: Size;
  /** For `npm run test:faults`. */
  readonly full: Size;
  /** Seeds that have found a fault once; each is run every time, at the quick size. */
  readonly failedSeeds?: readonly number[];
  /** Default 60 s quick, 28 minutes full. */
  readonly timeoutMs?: { readonly quick: number; readonly full: number };
}

/** Names the file that rows are added to; set by the full run. */
export const ROWS_VARIABLE = "FAULTS_ROWS";
/** `full` runs the full counts; anything else the quick ones. */
export const SIZE_VARIABLE = "FAULTS";
/** The seed of the full counts; the quick ones have always the same, so that `npm test` gives everybody the same result. */
export const SEED_VARIABLE = "FAULTS_SEED";

const QUICK_SEED = 1;
const TIMEOUT_MS = { quick: 60_000, full: 28 * 60_000 };

/**
 * Declares a run against faults. Its file is `test/faults/suites/*.test.ts`: `npm test` runs the quick counts, `npm run test:faults` the
 * full ones, which also appear in its table.
 * @param run - throws at the first thing that does not hold; whatever is random in it comes from the generator it is given
 */
export function faultSuite<Size>(
  name: string,
  counts: Counts<Size>,
  run: (size: Size, random: Random) => Promise<Finding>,
): void {
  const mode = process.env[SIZE_VARIABLE] === "full" ? "full" : "quick";
  const { failedSeeds = [], timeoutMs = TIMEOUT_MS } = counts;
  describe(`Faults: ${name}`, function () {
    this.timeout(timeoutMs[mode]);
    for (const seed of failedSeeds)
      it(`hold with seed ${seed}, which failed once`, () =>
        recorded(`${name}, seed ${seed}`, seed, (random) =>
          run(counts.quick, random),
        ));
    it(`hold at the ${mode} count`, async function () {
      const { count, figure } = await recorded(name, seedOf(mode), (random) =>
        run(counts[mode], random),
      );
      this.test!.title += `: ${count}, ${figure}`; // mocha has set it, since it runs it
    });
  });
}

async function recorded(
  name: string,
  seed: number,
  run: (random: Random) => Promise<Finding>,
): Promise<Finding> {
  const startedAt = performance.now();
  const write = (result: TableRow["result"], finding: Finding): void => {
    const seconds = Math.round((performance.now() - startedAt) / 1_000);
    writeRow({ name, result, seconds, ...finding });
  };
  let finding: Finding = { count: 0, figure: "" };
  try {
    await seeded(seed, async (random) => {
      finding = await run(random);
    });
  } catch (thrown) {
    const figure = String(thrown).split("\n")[0] ?? "";
    write("FAILED", { count: 0, figure });
    throw thrown;
  }
  write("ok", finding);
  return finding;
}

function writeRow(row: TableRow): void {
  const file = process.env[ROWS_VARIABLE];
  if (file) appendFileSync(file, `${JSON.stringify(row)}\n`);
}

function seedOf(mode: "quick" | "full"): number {
  if (mode === "quick") return QUICK_SEED;
  const seed = Number(process.env[SEED_VARIABLE]);
  if (Number.isInteger(seed)) return seed;
  throw new RangeError(
    `Expected ${SEED_VARIABLE} to be a whole number, got \`${process.env[SEED_VARIABLE]}\``,
  );
}
