// The names of the library for ES modules. Node.js finds what a CommonJS module exports by reading its text, and neither the
// getters of scripts/lazy-imports.mjs nor what `export *` takes from a door that has such getters is found that way. So the
// names stand in a line that is read and never run; a getter that `Reflect` defines is not read, and takes no name away. Each
// build writes the line anew: names may have changed behind the door.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const file = fileURLToPath(new URL("../dist/lib/index.js", import.meta.url));
const HINT = /^0 && \(module\.exports = \{.*\}\);\n/m;
const GETTER =
  /^Object\.defineProperty\(exports, ("\w+"), \{ enumerable: true, get: function/gm;
const END = /^(?=\/\/# sourceMappingURL=)/m;

const names = Object.keys(createRequire(import.meta.url)(file));
const code = readFileSync(file, "utf8");
const named = code
  .replace(HINT, "")
  .replace(
    GETTER,
    "Reflect.defineProperty(exports, $1, { enumerable: true, get: function",
  )
  .replace(END, `0 && (module.exports = { ${names.join(", ")} });\n`);
if (named !== code) writeFileSync(file, named);
