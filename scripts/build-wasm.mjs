// Builds wasm/ to dist/lib/client/. What has not changed is not compiled again.
import { existsSync, mkdirSync, renameSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const source = path.join(root, "wasm/text-frame.ts");
const target = path.join(root, "dist/lib/client/text-frame.wasm");

const made = existsSync(target) ? statSync(target).mtimeMs : 0;
const origins = [
  source,
  fileURLToPath(import.meta.url),
  path.join(root, "node_modules/assemblyscript/package.json"),
];
if (origins.some((origin) => statSync(origin).mtimeMs > made)) await compile();

async function compile() {
  // Loading the compiler takes longer than compiling.
  const { default: asc } = await import("assemblyscript/asc");
  mkdirSync(path.dirname(target), { recursive: true });
  const options = [
    ["--outFile", `${target}.new`],
    ["--optimizeLevel", "3"],
    ["--runtime", "stub"],
    "--noAssert",
    ["--enable", "simd"],
    ["--initialMemory", "3"],
    ["--maximumMemory", "3"],
  ];
  const { error } = await asc.main([source, ...options.flat()], {
    stderr: process.stderr,
  });
  if (error) throw error;
  // Whole, or not there.
  renameSync(`${target}.new`, target);
}
