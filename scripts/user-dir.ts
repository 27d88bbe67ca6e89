import { mkdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import path from "node:path";

/** Where package.json, dist and examples lie; this file runs from dist/scripts. */
export const packageRoot = path.resolve(__dirname, "../..");

/**
 * Puts the package into a Node-RED user directory as npm would, by a link, so that its nodes and examples load like those of
 * any installed package. Repeating it is harmless; a link that points to an older place is replaced.
 */
export function linkPackage(userDir: string): void {
  const { name } = JSON.parse(
    readFileSync(path.join(packageRoot, "package.json"), "utf8"),
  ) as { name: string };
  const link = path.join(userDir, "node_modules", name);
  mkdirSync(path.dirname(link), { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(packageRoot, link, "junction");
}
