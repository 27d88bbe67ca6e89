import type { ResponseSession, TokenUsage } from "../protocol";
import { durationMs } from "./audio-format";
import type { StoredItem } from "./conversation-items";

// Rates of OpenAI's models; text is about four characters to a token. @see protocol.md §9.3
const INPUT_TOKENS_PER_SECOND = 10;
const OUTPUT_TOKENS_PER_SECOND = 20;
const CHARACTERS_PER_TOKEN = 4;

export interface TokenCount {
  readonly text: number;
  readonly audio: number;
}

/** What a session has used: the sum over its responses, to compare with the sum that a client sees. */
export interface UsageLedger {
  readonly responses: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly totalTokens: number;
}

export const EMPTY_LEDGER: UsageLedger = {
  responses: 0,
  inputTokens: 0,
  outputTokens: 0,
  totalTokens: 0,
};

export function addToLedger(
  ledger: UsageLedger,
  usage: TokenUsage,
): UsageLedger {
  return {
    responses: ledger.responses + 1,
    inputTokens: ledger.inputTokens + (usage.input_tokens ?? 0),
    outputTokens: ledger.outputTokens + (usage.output_tokens ?? 0),
    totalTokens: ledger.totalTokens + (usage.total_tokens ?? 0),
  };
}

export function textTokens(characters: number): number {
  return Math.ceil(characters / CHARACTERS_PER_TOKEN);
}

/** @param ms - playing time of what was generated */
export function outputAudioTokens(ms: number): number {
  return Math.ceil((ms * OUTPUT_TOKENS_PER_SECOND) / 1000);
}

/** What a response reads: the whole input, the instructions and the tools. */
export function inputTokens(
  items: readonly StoredItem[],
  settings: ResponseSession,
): TokenCount {
  const tools = settings.tools ?? [];
  const prompt =
    (settings.instructions ?? "").length +
    (tools.length > 0 ? JSON.stringify(tools).length : 0);
  const characters = items.reduce(
    (sum, stored) => sum + charactersOf(stored),
    prompt,
  );
  const audio = items.reduce((sum, stored) => sum + audioTokensOf(stored), 0);
  return { text: textTokens(characters), audio };
}

/** The wire's form of both counts. */
export function toTokenUsage(
  input: TokenCount,
  output: TokenCount,
): TokenUsage {
  const read = input.text + input.audio;
  const written = output.text + output.audio;
  return {
    total_tokens: read + written,
    input_tokens: read,
    output_tokens: written,
    input_token_details: {
      cached_tokens: 0,
      text_tokens: input.text,
      audio_tokens: input.audio,
      image_tokens: 0,
      cached_tokens_details: {
        text_tokens: 0,
        audio_tokens: 0,
        image_tokens: 0,
      },
    },
    output_token_details: {
      text_tokens: output.text,
      audio_tokens: output.audio,
      reasoning_tokens: 0,
    },
  };
}

function charactersOf({ item }: StoredItem): number {
  if (item.type === "function_call") return (item.arguments ?? "").length;
  if (item.type === "function_call_output") return (item.output ?? "").length;
  if (item.type !== "message") return 0;
  return (item.content ?? []).reduce(
    (sum, part) => sum + ("text" in part ? (part.text ?? "").length : 0),
    0,
  );
}

function audioTokensOf({ sound }: StoredItem): number {
  return sound
    ? Math.ceil((durationMs(sound) * INPUT_TOKENS_PER_SECOND) / 1000)
    : 0;
}
