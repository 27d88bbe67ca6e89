import type { ResponseCreateParams } from "../protocol";

/** A response in which the assistant says exactly this (protocol.md §9.1, `pre_generated_assistant_message`). */
export function exactSpeech(text: string): ResponseCreateParams {
  const content = [{ type: "text" as const, text }];
  return {
    pre_generated_assistant_message: {
      type: "message",
      role: "assistant",
      content,
    },
  };
}
