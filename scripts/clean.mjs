// Removes dist. With --stale it removes only what was built from a source that is gone, so that an incremental build neither
// runs nor ships an orphan, and everything else stays fresh. Plain JavaScript: it runs before anything is compiled.
import { existsSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const dist = path.join(root, "dist");

// What a built file was made from, by its path inside dist. A file that matches no rule belongs to the build itself.
const origins = [
  [/^(.+)\.(?:js|js\.map|d\.ts)$/, (name) => `${name}.ts`],
  [/^(nodes\/[^/]+)\.html$/, (name) => `${name}.editor.ts`],
  [/^lib\/client\/([^/]+)\.wasm$/, (name) => `wasm/${name}.ts`],
  [/^(page\/(?:strings\/.+|[^/]+\.(?:html|css|svg)))$/, (name) => name],
  // Put together of all that the language has.
  [/^nodes\/(locales\/[^/]+)\/voice-live\.(?:html|json)$/, (name) => name],
  [/^nodes\/((?:icons|locales)\/.+)$/, (name) => name],
];

function isStale(built) {
  const rule = origins.find(([pattern]) => pattern.test(built));
  return (
    rule !== undefined &&
    !existsSync(path.join(root, rule[1](rule[0].exec(built)[1])))
  );
}

function removeStale() {
  if (!existsSync(dist)) return;
  const entries = readdirSync(dist, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((each) => each.isFile())) {
    const file = path.join(entry.parentPath ?? entry.path, entry.name);
    if (!isStale(path.relative(dist, file).split(path.sep).join("/"))) continue;
    rmSync(file);
    // The compiler would take what it has noted as built for built, should the source come back.
    rmSync(path.join(dist, ".tsbuildinfo"), { force: true });
  }
}

if (process.argv.includes("--stale")) removeStale();
else rmSync(dist, { recursive: true, force: true });
