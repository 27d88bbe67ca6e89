// Modules that a node needs load when it is used, not when Node-RED starts: most starts have the package without a flow of it,
// and should not pay for it (bench/start-up.ts). The compiler writes an import as `const x_1 = require("…")` and its names as
// `x_1.name`; here the former becomes a function that requires when it is first called, and the latter a call of it. Done for
// all that the nodes import, for what stands behind the doors of the rooms of lib, and for the packages that lib uses. Each
// line stays in its place, for the source maps. A file that is done has nothing more to do.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const dist = path.resolve(
  path.dirname(fileURLToPath(import.meta.url)),
  "../dist",
);

/** Modules of Node.js are there already. */
const ANY = importOf(String.raw`(?!node:)[^"]+`);
const PACKAGE = importOf(String.raw`(?!node:|\.)[^"]+`);

function importOf(name) {
  return new RegExp(
    String.raw`^(?:const|var) (\w+_\d+) = ((?:__importDefault\()?require\("${name}"\)\)?);$`,
    "gm",
  );
}

/** @returns which imports of a file can wait; undefined where none has to */
function waitingIn(file) {
  if (!file.endsWith(".js")) return undefined;
  if (file.startsWith("nodes/")) return ANY;
  if (!file.startsWith("lib/")) return undefined;
  return file.endsWith("/index.js") ? ANY : PACKAGE;
}

function deferred(code, imports) {
  const names = [];
  const declared = code.replace(imports, (_line, name, load) => {
    names.push(name);
    return `let ${name}$; const ${name} = () => (${name}$ ??= ${load});`;
  });
  return names.reduce(
    (text, name) =>
      text
        .replaceAll(
          new RegExp(`\\bnew ${name}((?:\\.\\w+)+)`, "g"),
          `new (${name}()$1)`,
        )
        .replaceAll(new RegExp(`\\b${name}\\.`, "g"), `${name}().`),
    declared,
  );
}

for (const entry of readdirSync(dist, { recursive: true })) {
  const file = String(entry).split(path.sep).join("/");
  const imports = waitingIn(file);
  if (!imports) continue;
  const code = readFileSync(path.join(dist, file), "utf8");
  const lazy = deferred(code, imports);
  if (lazy !== code) writeFileSync(path.join(dist, file), lazy);
}
