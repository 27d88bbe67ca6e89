import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { packageRoot } from "./user-dir";

const run = promisify(execFile);

/** @returns the tarball that npm would publish, as a file in `folder` */
export async function packInto(folder: string): Promise<string> {
  // Without scripts: packing would clean the very dist that runs this.
  const { stdout } = await run(
    "npm",
    ["pack", "--ignore-scripts", "--json", "--pack-destination", folder],
    { cwd: packageRoot },
  );
  return path.join(folder, packedName(stdout));
}

/** Installs it into a Node-RED user directory, as the palette manager does. */
export async function installTarball(
  tarball: string,
  userDir: string,
): Promise<void> {
  await run(
    "npm",
    [
      "install",
      tarball,
      "--prefix",
      userDir,
      "--prefer-offline",
      "--no-audit",
      "--no-fund",
    ],
    { cwd: userDir },
  );
}

/** npm 10 and 11 print a list, later ones an object by package name. */
function packedName(json: string): string {
  const printed = JSON.parse(json) as object;
  const [packed] = Object.values(printed) as { filename: string }[];
  assert.ok(packed, "npm pack wrote nothing");
  return packed.filename;
}
