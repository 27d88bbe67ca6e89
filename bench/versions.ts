import { readFileSync } from "node:fs";
import path from "node:path";

const PACKAGES = ["ws", "openai", "@azure/ai-voicelive", "node-red"];

/** Of the package and of what it is measured beside. */
export function versions(): string {
  const root = path.resolve(__dirname, "../..");
  const folders = [
    root,
    ...PACKAGES.map((name) => path.join(root, "node_modules", name)),
  ];
  return folders.map(versionIn).join(", ");
}

function versionIn(folder: string): string {
  const { name, version } = JSON.parse(
    readFileSync(path.join(folder, "package.json"), "utf8"),
  ) as { name: string; version: string };
  return `${name} ${version}`;
}
