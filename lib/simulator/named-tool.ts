import type { FunctionTool } from "../protocol";
import type { Behaviour } from "./behaviour";
import { exampleOf } from "./schema-example";

/** Calls the declared function whose name or description shares words with what the user said or typed. */
export const callNamedTool: Behaviour = ({ text, tools, outputs }) => {
  if (outputs.length > 0) return undefined;
  const said = new Set(wordsOf(text));
  const scored = tools.map((tool) => ({
    tool,
    score: scoreOf(tool, said, text),
  }));
  const best = scored.reduce<(typeof scored)[number] | undefined>(
    (a, b) => (b.score > (a?.score ?? 0) ? b : a),
    undefined,
  );
  if (!best) return undefined;
  return [
    { call: best.tool.name, arguments: exampleOf(best.tool.parameters) ?? {} },
  ];
};

/** Words that stand in many descriptions and say nothing about one. */
const COMMON = new Set(
  "about after before current every first from gets given into last list only please returns return that their then there this turn user when which with your what have could would should simulator speech seconds".split(
    " ",
  ),
);

function scoreOf(
  tool: FunctionTool,
  said: ReadonlySet<string>,
  text: string,
): number {
  if (text.toLowerCase().includes(tool.name.toLowerCase())) return 100;
  return 3 * shared(tool.name, said) + shared(tool.description ?? "", said);
}

function shared(words: string, said: ReadonlySet<string>): number {
  return wordsOf(words).filter((word) => said.has(word)).length;
}

function wordsOf(text: string): string[] {
  const words =
    text
      .replace(/([a-z])([A-Z])/g, "$1 $2")
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.filter((word) => word.length >= 4 && !COMMON.has(word));
}
