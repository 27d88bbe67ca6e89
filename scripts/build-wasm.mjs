// Builds wasm/ to dist/lib/client/. What has not changed is not compiled again.
import { existsSync, mkdirSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const source = path.join(root, "wasm/text-frame.ts");
const target = path.join(root, "dist/lib/client/text-frame.wasm");

if (!existsSync(target) || statSync(target).mtimeMs < statSync(source).mtimeMs)
  await compile();

async function compile() {
  // Loading the compiler takes longer than compiling.
  const { default: asc } = await import("assemblyscript/asc");
  mkdirSync(path.dirname(target), { recursive: true });
  const options = [
    ["--outFile", target],
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
}
