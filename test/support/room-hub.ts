import {
  ConversationHub,
  type HubOptions,
} from "../../lib/client/conversation-hub";
import { HostWatch } from "../../lib/client/host-watch";
import { HandshakeBudget } from "../../lib/client/handshake-budget";
import type { SimulatedSession, Simulator } from "../../lib/simulator";
import { until } from "../client/loopback";

/** Conversations with the simulator or another service, without a flow around them. */
export function hubOn(
  simulator: Pick<Simulator, "url">,
  options: Partial<HubOptions> = {},
  budget = new HandshakeBudget(100_000),
): ConversationHub {
  // The address stays when the service is gone.
  const { url } = simulator;
  return new ConversationHub({
    access: {
      apiVersion: "2026-07-15",
      budget,
      watch: new HostWatch(),
      locate: () =>
        Promise.resolve({
          endpoint: new URL(`${url}/voice-live/realtime`),
          headers: { "api-key": "any" },
        }),
    },
    target: { target: "model", model: "gpt-realtime" },
    settings: { turn_detection: { type: "server_vad" } },
    greeting: { mode: "none" },
    maxConversations: 10,
    idleMs: 0,
    ...options,
  });
}

/** Opens the conversation `caller`, and waits until its session is ready. */
export async function connectOn(
  simulator: Simulator,
  hub: ConversationHub,
): Promise<SimulatedSession> {
  let service: SimulatedSession | undefined;
  simulator.once("session", (session) => (service = session));
  const conversation = hub.open("caller");
  conversation.connect();
  await until(() => conversation.state.name === "ready");
  if (!service) throw new Error("Expected the simulator to have a session");
  return service;
}
