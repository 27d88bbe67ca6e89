import { KNOWN_MODELS } from "./enums";

/**
 * What a model can hear, say and use. `text` models are heard and spoken through text, and so are agents; `unknown` ones may be
 * able to do anything, since names are open.
 * @see protocol.md §14
 */
export type ModelFamily =
  "gpt-realtime" | "azure-realtime" | "phi" | "text" | "unknown";

/** @param profile - of a model of the user's own (BYOM), whose name says nothing; else empty */
export function familyOfModel(model: string, profile = ""): ModelFamily {
  if (profile === "byom-azure-openai-realtime") return "gpt-realtime";
  if (profile === "byom-azure-openai-chat-completion") return "text";
  const name = model.trim();
  const isKnown = KNOWN_MODELS.some((known) => known === name);
  if (profile !== "" || !isKnown) return "unknown";
  if (name === "azure-realtime") return name;
  if (name.startsWith("phi")) return "phi";
  return name.includes("realtime") ? "gpt-realtime" : "text";
}
