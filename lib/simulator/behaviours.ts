import { ASSISTANT, ASSISTANT_FALLBACK } from "./assistant-script";
import type { Behaviour } from "./behaviour";
import { echo } from "./echo";
import { callNamedTool } from "./named-tool";
import { followScript } from "./script";
import { parseScript, type Script, sortRules } from "./script-schema";

/** A built-in script by name, or a list of rules. */
export type ScriptOption = "assistant" | "echo" | Script;

/** Said when a script has nothing to say, so that nobody waits in silence. */
const NO_RULE: Behaviour = () => [{ say: "The script has no answer to this." }];

/**
 * The behaviours that make up a script, in the order in which they are asked. One that only says what goes wrong leaves the
 * answers to the assistant.
 * @throws TypeError naming the rule and its fault
 */
export function behavioursOf(script: ScriptOption): readonly Behaviour[] {
  if (script === "echo") return [echo];
  if (script === "assistant")
    return [
      followScript(ASSISTANT),
      callNamedTool,
      followScript(ASSISTANT_FALLBACK),
      NO_RULE,
    ];
  const rules = parseScript(script);
  const { answers, moments } = sortRules(rules);
  if (answers.length === 0 && moments.length > 0)
    return behavioursOf("assistant");
  return [followScript(rules), NO_RULE];
}
