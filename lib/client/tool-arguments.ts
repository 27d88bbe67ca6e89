import { isPrototypeTrap } from "../protocol";
import { VoiceLiveError } from "./errors";

/** A model that writes more than this for one call has lost its way; a long document still fits. */
const MAX_CHARACTERS = 64 * 1024;
/** Far below what overflows the stack of whatever walks them: validators, clones of messages, the debug sidebar. */
const MAX_DEPTH = 64;

/**
 * The arguments of a call, with nothing in them that JSON cannot hold and nothing that reaches a prototype.
 * @param json - as the model wrote them; empty for none
 * @throws VoiceLiveError `VOICE_LIVE_ARGUMENTS`, which never quotes them
 */
export function parseArguments(
  name: string,
  json: string,
): Readonly<Record<string, unknown>> {
  const refuse = (fault: string): VoiceLiveError =>
    new VoiceLiveError(
      "VOICE_LIVE_ARGUMENTS",
      `The arguments of ${name} ${fault}`,
      { nextStep: "The model was told and can try again." },
    );
  if (json.length > MAX_CHARACTERS)
    throw refuse(`are longer than ${MAX_CHARACTERS} characters`);
  if (depthOf(json) > MAX_DEPTH)
    throw refuse(`are nested more than ${MAX_DEPTH} deep`);
  const value = read(json, refuse);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw refuse("must be an object");
  return value as Record<string, unknown>;
}

function read(
  json: string,
  refuse: (fault: string) => VoiceLiveError,
): unknown {
  try {
    return JSON.parse(json === "" ? "{}" : json, keepPlain);
  } catch (thrown) {
    // The parser's own message quotes them.
    throw refuse(
      thrown instanceof InfiniteNumber
        ? "hold a number that is too large"
        : "are not JSON",
    );
  }
}

class InfiniteNumber extends Error {}

/** A model's words must not reach the prototype of an object that a flow merges them into; and 1e999 is no number. */
function keepPlain(key: string, value: unknown): unknown {
  if (value === Infinity || value === -Infinity) throw new InfiniteNumber();
  return isPrototypeTrap(key, value) ? undefined : value;
}

/** Counted on the text, since parsing it may already overflow the stack. */
function depthOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  let isInString = false;
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    if (isInString && character === "\\") at++;
    else if (character === '"') isInString = !isInString;
    else if (isInString) continue;
    else if (character === "{" || character === "[")
      deepest = Math.max(deepest, ++depth);
    else if (character === "}" || character === "]") depth--;
  }
  return deepest;
}
