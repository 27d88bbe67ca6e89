// Marks the built commands of package.json as executable. npm does that where it installs a package, but not in the clone
// itself, where `npx voice-live-simulator` has to work as well.
import { chmodSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const { bin } = JSON.parse(
  readFileSync(path.join(root, "package.json"), "utf8"),
);
for (const file of Object.values(bin)) chmodSync(path.join(root, file), 0o755);
