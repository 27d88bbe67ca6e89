import type { RequestSession } from "../protocol";
import type { CallLimitOptions } from "./call-limits";
import type { CostMeter } from "./cost-guard";
import type { EchoMode } from "./echo";
import type { HistoryBounds } from "./history";
import type { HistoryStore } from "./memory";
import type { RenewalPolicy } from "./renewal";
import type { ServiceAccess } from "./service-access";
import type { McpAuthorizations } from "./session-settings";
import type { SessionTarget } from "./session-target";
import type { ToolBox } from "./tools";

/** What the assistant says by itself when a conversation begins. */
export type Greeting =
  | { readonly mode: "none" }
  | { readonly mode: "generated" | "exact"; readonly text: string };

/** What all conversations of one session node share. */
export interface ConversationPolicy {
  readonly access: ServiceAccess;
  readonly target: SessionTarget;
  /** Partial session object in the wire's own names. */
  readonly settings: RequestSession;
  /** Secrets of MCP servers among the tools of the settings; they go to the service only. */
  readonly mcpAuthorizations?: McpAuthorizations;
  readonly greeting: Greeting;
  /** Default `none`. */
  readonly echo?: EchoMode;
  /** Half-duplex: how long the microphone stays closed after the estimated end of playout, ms; default 350. */
  readonly echoTailMs?: number;
  /** A silence of both sides is told each time it has lasted so long, ms; 0, the default: never. */
  readonly silenceMs?: number;
  readonly tools: ToolBox;
  /** How much of the talk a later session is told. */
  readonly historyBounds?: HistoryBounds;
  /** Where memories live beyond the process. */
  readonly historyStore?: HistoryStore | undefined;
  readonly renewal?: RenewalPolicy;
  /** How often the model may call functions. */
  readonly callLimits?: CallLimitOptions;
  /** Counts what this conversation uses. */
  readonly costs: CostMeter;
  /** Settings that spare conversions, where all the flow's devices agree on a format. */
  readonly nativeFormats: () => RequestSession;
}
