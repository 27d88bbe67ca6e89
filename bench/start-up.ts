import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import path from "node:path";
import { outcome, type Effort, type Outcome } from "./outcome";
import type { Start } from "./start-up-process";
import { installTarball, packInto } from "../scripts/pack";
import { createUserDir } from "./user-dir";

/** Cost of the package, installed as a user installs it, to a start of Node-RED that uses no node of it. */
export async function measureStartUp({ isQuick }: Effort): Promise<Outcome[]> {
  // A start takes 740 ms, 40 more or less: 201 differences find its middle within 4 ms, 11 within 20.
  const rounds = isQuick ? 11 : 201;
  const userDirs = {
    bare: createUserDir(false),
    installed: createUserDir(false),
  };
  try {
    const tarball = await packInto(userDirs.installed);
    await installTarball(tarball, userDirs.installed);
    const [times, memory]: [number[], number[]] = [[], []];
    for (let round = 0; round <= rounds; round++) {
      // By turns, and not always the same one first.
      const isInstalledFirst = round % 2 === 0;
      const first = start(
        isInstalledFirst ? userDirs.installed : userDirs.bare,
      );
      const second = start(
        isInstalledFirst ? userDirs.bare : userDirs.installed,
      );
      const [installed, bare] = isInstalledFirst
        ? [first, second]
        : [second, first];
      if (installed.sets === 0 || bare.sets > 0)
        throw new Error("The package is not where it should be");
      // The first round fills the caches of the file system.
      if (round === 0) continue;
      times.push(installed.cpuMs - bare.cpuMs);
      memory.push(installed.residentMb - bare.residentMb);
    }
    return [
      difference("start-up: processor time of the unused package", "ms", times),
      difference("start-up: memory of the unused package", "MB", memory),
    ];
  } finally {
    rmSync(userDirs.bare, { recursive: true });
    rmSync(userDirs.installed, { recursive: true });
  }
}

/** A difference may be nothing, so its spread is no part of it. */
function difference(
  name: string,
  unit: Outcome["unit"],
  samples: readonly number[],
): Outcome {
  return { ...outcome(name, unit, samples), spread: 0 };
}

/** Node-RED started until its flows run, then ended. */
function start(folder: string): Start {
  const out = execFileSync(
    process.execPath,
    [path.join(__dirname, "start-up-process.js"), folder],
    { encoding: "utf8", timeout: 60_000, env: inEnglish() },
  );
  const last = out.trim().split("\n").at(-1) ?? "";
  return JSON.parse(last) as Start;
}

/** Node-RED reads the texts of the system's language, too: the figure would be another one on each system. */
function inEnglish(): NodeJS.ProcessEnv {
  const { LC_ALL: _all, LC_MESSAGES: _messages, ...env } = process.env;
  return { ...env, LANG: "en_US.UTF-8" };
}
