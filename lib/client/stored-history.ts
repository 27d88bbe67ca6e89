import { VoiceLiveError } from "./errors";

/** One thing that was said, or one function call with its result. */
export type StoredEntry =
  | { readonly role: "user" | "assistant" | "system"; readonly text: string }
  | {
      readonly call: {
        readonly name: string;
        /** JSON text, as the model wrote it. */
        readonly arguments: string;
        readonly output: string;
      };
    };

/** A conversation's memory outside the process: what an export holds and a context store keeps. */
export interface StoredHistory {
  readonly version: 1;
  readonly items: readonly StoredEntry[];
  /** In agent mode the service itself remembers, under this id. */
  readonly agentConversationId?: string;
}

/**
 * Checks a memory that comes from outside.
 * @throws VoiceLiveError `VOICE_LIVE_PAYLOAD` that names the first entry that is no good
 */
export function readStoredHistory(value: unknown): StoredHistory {
  const { version, items, agentConversationId } = recordOf(value);
  if (version !== 1 || !Array.isArray(items))
    throw refuse("The history is not what an export gives");
  return {
    version: 1,
    items: items.map((item: unknown, index) => readEntry(item, index + 1)),
    ...(typeof agentConversationId === "string" && { agentConversationId }),
  };
}

function readEntry(value: unknown, number: number): StoredEntry {
  const { role, text, call } = recordOf(value);
  if (
    (role === "user" || role === "assistant" || role === "system") &&
    typeof text === "string"
  )
    return { role, text };
  const { name, arguments: args, output } = recordOf(call);
  if ([name, args, output].every((part) => typeof part === "string"))
    return {
      call: {
        name: String(name),
        arguments: String(args),
        output: String(output),
      },
    };
  throw refuse(`Entry ${number} of the history is neither a text nor a call`);
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}

function refuse(reason: string): VoiceLiveError {
  return new VoiceLiveError("VOICE_LIVE_PAYLOAD", reason, {
    nextStep:
      "Send the payload of a «history» event: {version: 1, items: [{role, text}, {call: {name, arguments, output}}]}.",
  });
}
