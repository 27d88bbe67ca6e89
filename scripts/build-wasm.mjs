// Builds wasm/ to dist/lib/client/. What has not changed is not compiled again.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  statSync,
} from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const sources = path.join(root, "wasm");
const target = path.join(root, "dist/lib/client");
const tools = [
  fileURLToPath(import.meta.url),
  path.join(root, "node_modules/assemblyscript/package.json"),
];

const names = readdirSync(sources)
  .filter((file) => file.endsWith(".ts"))
  .map((file) => path.basename(file, ".ts"));
for (const name of names)
  await build(
    path.join(sources, `${name}.ts`),
    path.join(target, `${name}.wasm`),
  );

async function build(source, made) {
  const madeAt = existsSync(made) ? statSync(made).mtimeMs : 0;
  if ([source, ...tools].some((each) => statSync(each).mtimeMs > madeAt))
    await compile(source, made);
}

async function compile(source, made) {
  // Loading the compiler takes longer than compiling.
  const { default: asc } = await import("assemblyscript/asc");
  mkdirSync(target, { recursive: true });
  const options = [
    ["--outFile", `${made}.new`],
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
  renameSync(`${made}.new`, made);
}
