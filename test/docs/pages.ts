import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { FlowNode } from "../../scripts/flow-file";
import { packageRoot } from "../../scripts/user-dir";

export interface Page {
  /** In the repository. */
  readonly file: string;
  readonly text: string;
}

/** A fenced block of a page. */
export interface Snippet {
  readonly file: string;
  /** Heading above it. */
  readonly heading: string;
  readonly language: string;
  readonly code: string;
}

/** Every page that people read: those at the root, and those of docs/ and bench/. */
export const PAGES: readonly Page[] = [".", "docs", "bench"].flatMap((folder) =>
  readdirSync(path.join(packageRoot, folder))
    .filter((file) => file.endsWith(".md"))
    .map((file) => readPage(path.join(folder, file))),
);

export function readPage(file: string): Page {
  return { file, text: readFileSync(path.join(packageRoot, file), "utf8") };
}

const FENCE = /^ *```(\w*)\n([\s\S]*?)^ *```$/gm;

export function snippetsOf({ file, text }: Page): readonly Snippet[] {
  return [...text.matchAll(FENCE)].map(
    ({ 1: language = "", 2: code = "", index }) => ({
      file,
      heading: headingsIn(text.slice(0, index)).at(-1) ?? "",
      language,
      code,
    }),
  );
}

/** The page without its blocks of code, which look like all sorts of things. */
export function proseOf({ text }: Page): string {
  return text.replace(FENCE, "");
}

export function headingsIn(prose: string): readonly string[] {
  return [...prose.matchAll(/^#{1,6} (.*)$/gm)].map(([, title = ""]) => title);
}

/** Cells of all rows of all tables, heads and rulers left out. */
export function tableRowsOf(page: Page): readonly (readonly string[])[] {
  return proseOf(page)
    .split("\n")
    .filter(
      (line, index, lines) =>
        isRow(line) && !isRuler(line) && !isRuler(lines[index + 1] ?? ""),
    )
    .map((line) =>
      line
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim()),
    );
}

function isRow(line: string): boolean {
  return line.startsWith("|");
}

function isRuler(line: string): boolean {
  return /^\|[-:| ]+\|$/.test(line);
}

/** Every flow that can be copied out of a page and imported. */
export function flowsOf(page: Page): readonly (readonly FlowNode[])[] {
  return snippetsOf(page)
    .filter(({ language }) => language === "json")
    .map(({ code }) => JSON.parse(code) as unknown)
    .filter(isFlow);
}

function isFlow(value: unknown): value is FlowNode[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every(
      (node: Partial<FlowNode>) =>
        typeof node.id === "string" && typeof node.type === "string",
    )
  );
}
