import type { RequestItem } from "../protocol";

/** Enough for a spoken answer; a note in the conversation is read again with every response. */
const MAX_CHARACTERS = 4_000;

/** A note on the result of a function whose call was given up: the service takes no second output for it. */
export function lateResult(name: string, output: string): RequestItem {
  const text = `The result of the function ${name}, which was called earlier and given up, has come: ${bounded(output)}`;
  return {
    type: "message",
    role: "system",
    content: [{ type: "input_text", text }],
  };
}

function bounded(output: string): string {
  if (output.length <= MAX_CHARACTERS) return output;
  // Half a character at the cut would be no text at all.
  const kept = output.slice(0, MAX_CHARACTERS).replace(/[\uD800-\uDBFF]$/, "");
  return `${kept}… (cut off)`;
}
