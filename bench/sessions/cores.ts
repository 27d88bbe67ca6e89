import { fork, spawnSync, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";

/** Who a process is for the one that is measured. */
export type Role = "measured" | "service";

/**
 * Starts a script of ours on the core of its role: what is measured has one core and no more, and the service is never on it. In real
 * life that is another machine; here the kernel would now and then put both on one core, which is cheaper for whoever writes fast
 * enough (README.md).
 */
export function forkOnCore(
  role: Role,
  script: string,
  execArgv: readonly string[] = [],
): ChildProcess {
  const core = coreOf(role);
  return core === undefined
    ? fork(script, { execArgv: [...execArgv] })
    : fork(script, {
        execPath: "taskset",
        execArgv: ["--cpu-list", String(core), process.execPath, ...execArgv],
      });
}

/** For the head of a table. */
export function describeCores(): string {
  const isSplit = coreOf("measured") !== undefined;
  return isSplit
    ? "each client on one core, its service on another"
    : "clients and services share the cores";
}

/** @returns undefined where there are not two cores, or nothing that could tie a process to one */
function coreOf(role: Role): number | undefined {
  const cores = ownCores();
  if (cores.length < 2 || !hasTaskset()) return undefined;
  return cores.at(role === "measured" ? -1 : -2);
}

/** By their numbers, as Linux tells them: `0-3,8`. */
function ownCores(): readonly number[] {
  if (process.platform !== "linux") return [];
  const status = readFileSync("/proc/self/status", "utf8");
  const [, list = ""] = /^Cpus_allowed_list:\s*(\S+)$/m.exec(status) ?? [];
  return list.split(",").flatMap((range) => {
    const [first = Number.NaN, last = first] = range.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, at) => first + at);
  });
}

function hasTaskset(): boolean {
  return spawnSync("taskset", ["--version"]).status === 0;
}
