import { fork, spawnSync, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";

/** Who a process is for the one that is measured. */
export type Role = "measured" | "service";

/**
 * Starts a script of ours on the processor of its role: what is measured has one and no more, and the service is never on it. In
 * real life that is another machine; here the kernel would now and then put both on one processor, which is cheaper for whoever
 * writes fast enough (README.md).
 */
export function forkOnProcessor(
  role: Role,
  script: string,
  execArgv: readonly string[] = process.execArgv,
): ChildProcess {
  const processors = splitProcessors();
  return processors
    ? fork(script, {
        execPath: "taskset",
        execArgv: ["-c", `${processors[role]}`, process.execPath, ...execArgv],
      })
    : fork(script, { execArgv: [...execArgv] });
}

/** For the head of a table. */
export function describeProcessors(): string {
  const processors = splitProcessors();
  return processors
    ? `clients on processor ${processors.measured}, services on ${processors.service}`
    : "clients and services share the processors";
}

type Split = Readonly<Record<Role, number>>;

let split: Split | undefined | "unknown" = "unknown";

/** @returns undefined where there are not two processors, or nothing that could tie a process to one: only Linux has `taskset` */
function splitProcessors(): Split | undefined {
  if (split === "unknown") split = findSplit();
  return split;
}

function findSplit(): Split | undefined {
  const own = listed(toldBy("-cp", `${process.pid}`)).filter(
    (processor) => toldBy("-c", `${processor}`, "echo", `${processor}`) !== "",
  );
  const measured = own.at(-1);
  if (measured === undefined) return undefined;
  const siblings = siblingsOf(measured);
  // Two threads of one core slow each other down.
  const service =
    own.findLast((processor) => !siblings.includes(processor)) ??
    own.findLast((processor) => processor !== measured);
  return service === undefined ? undefined : { measured, service };
}

function toldBy(...args: readonly string[]): string {
  const { stdout } = spawnSync("taskset", args, { encoding: "utf8" });
  return stdout ?? "";
}

function siblingsOf(processor: number): readonly number[] {
  const folder = `/sys/devices/system/cpu/cpu${processor}/topology`;
  try {
    return listed(readFileSync(`${folder}/thread_siblings_list`, "utf8"));
  } catch {
    // Not every container shows it.
    return [];
  }
}

/** Numbers at the end of a text, as `0-3,8`. */
function listed(text: string): readonly number[] {
  const [list] = /[\d,-]+$/.exec(text.trim()) ?? [];
  return (list?.split(",") ?? []).flatMap((range) => {
    const [first = Number.NaN, last = first] = range.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, at) => first + at);
  });
}
