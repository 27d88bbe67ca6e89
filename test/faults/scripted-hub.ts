import {
  ConversationHub,
  type HubOptions,
} from "../../lib/client/conversation-hub";
import { HandshakeBudget } from "../../lib/client/handshake-budget";
import type { ScriptedService } from "../support/scripted-service";

/** Conversations with a service that the test speaks for. */
export function scriptedHub(
  service: ScriptedService,
  options: Partial<HubOptions> = {},
): ConversationHub {
  return new ConversationHub({
    access: {
      apiVersion: "2026-07-15",
      budget: new HandshakeBudget(100_000),
      locate: () =>
        Promise.resolve({
          endpoint: new URL(`${service.url}/voice-live/realtime`),
          headers: {},
        }),
    },
    target: { target: "model", model: "gpt-realtime" },
    settings: {},
    greeting: { mode: "none" },
    maxConversations: 10,
    idleMs: 0,
    ...options,
  });
}
