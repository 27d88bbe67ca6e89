import { readFileSync } from "node:fs";
import path from "node:path";

/** What is used of it here; the compiler's own types come with those of a browser. Node.js without a compiler has none. */
declare const WebAssembly:
  | {
      validate(code: Buffer): boolean;
      readonly Module: new (code: Buffer) => object;
      readonly Instance: new (module: object) => { readonly exports: unknown };
    }
  | undefined;

/** A constant that is exported. */
export interface Constant {
  readonly value: number;
}

/**
 * Loads code with vector instructions, built from wasm/.
 * @returns what it exports; undefined without a compiler, without such instructions, or where it may not be compiled or has no address space
 * @throws Error when the package is not whole
 */
export function loadSimd(name: string): unknown {
  if (typeof WebAssembly === "undefined") return undefined;
  const code = readFileSync(path.join(__dirname, `${name}.wasm`));
  if (!WebAssembly.validate(code)) return undefined;
  try {
    const module = new WebAssembly.Module(code);
    return new WebAssembly.Instance(module).exports;
  } catch {
    return undefined;
  }
}
