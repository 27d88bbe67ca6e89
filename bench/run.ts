// npm run bench: one table of what the package costs. `-- --check` fails when a figure is worse than its bound, `--quick`
// measures for a minute or two instead of twenty-five, `--record` writes bench/results.md; words name the benches to run, all without.
import { writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { measureCodec } from "./codec";
import { measureConversions } from "./convert";
import { measureFlow } from "./flow";
import { measureMemory } from "./memory";
import type { Effort, Outcome } from "./outcome";
import { measureSessions } from "./sessions";
import { measureStartUp } from "./start-up";
import { describeMachine, isWithin, markdownTable, textTable } from "./table";
import { versions } from "./versions";

/** In the order of the table. */
const BENCHES = {
  codec: measureCodec,
  sessions: measureSessions,
  memory: measureMemory,
  flow: measureFlow,
  "start-up": measureStartUp,
  convert: measureConversions,
} satisfies Record<string, (effort: Effort) => Outcome[] | Promise<Outcome[]>>;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    check: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    record: { type: "boolean", default: false },
  },
});

void run().catch((thrown: unknown) => {
  console.error(thrown);
  process.exitCode = 1;
});

async function run(): Promise<void> {
  const effort = { isQuick: values.quick };
  console.log(`${describeMachine()}\n`);
  const outcomes: Outcome[] = [];
  for (const [name, measure] of Object.entries(BENCHES)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    const found = await measure(effort);
    console.log(`${textTable(found, effort)}\n`);
    outcomes.push(...found);
  }
  if (values.record) record(outcomes, effort);
  if (values.check) check(outcomes, effort);
}

function check(outcomes: readonly Outcome[], effort: Effort): void {
  const judged = outcomes.filter(
    (each) => isWithin(each, effort) !== undefined,
  );
  const worse = judged.filter((each) => !isWithin(each, effort));
  console.log(`${judged.length - worse.length} passed, ${worse.length} failed`);
  // A check that has looked at nothing has not passed.
  process.exitCode = worse.length === 0 && judged.length > 0 ? 0 : 1;
}

function record(outcomes: readonly Outcome[], effort: Effort): void {
  const file = path.resolve(__dirname, "../../bench/results.md");
  const date = new Date().toISOString().slice(0, 10);
  const lines = [
    "# Results of the reference run",
    "",
    `${date}. ${describeMachine()}; ${versions()}.`,
    "Written by `npm run bench -- --record`; [README.md](README.md) says what each line is.",
    "",
    markdownTable(outcomes, effort),
    "",
  ];
  writeFileSync(file, lines.join("\n"));
  console.log(`Written: ${path.relative(process.cwd(), file)}`);
}
