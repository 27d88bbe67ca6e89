import type {
  FileSearchResult,
  FunctionTool,
  ResponseCreateParams,
  ResponseSession,
} from "../protocol";
import type { Sound } from "./audio-format";

/** One thing an answer does. Consecutive `say`, `play` and `stall` steps make one message. */
export type Step =
  | SayStep
  | PlayStep
  | CallStep
  | McpStep
  | SearchStep
  /** Passes on what a hosted agent reports, as `response.invocation.delta`. */
  | { readonly invocation: Readonly<Record<string, unknown>> }
  | { readonly fail: { readonly code?: string; readonly message?: string } }
  /** The response ends without usage, as some of the service's do. */
  | { readonly usage: null }
  /** Milliseconds in which nothing happens; not scaled by `speed`. */
  | { readonly stall: number }
  /** Closes the socket with this code. */
  | { readonly close: number; readonly reason?: string }
  /** Cuts the connection without a close frame. */
  | { readonly drop: true };

/** Speaks a text, or writes it when the response has no audio. */
export interface SayStep {
  readonly say: string;
  /** Citations, told when the text is complete. */
  readonly annotations?: readonly unknown[];
}

/** Plays samples, with the words that the transcript gives for them. */
export interface PlayStep {
  readonly play: Sound;
  readonly transcript: string;
}

/** Calls one of the client's functions. */
export interface CallStep {
  readonly call: string;
  /** An object, or text that goes out as it is, valid JSON or not. */
  readonly arguments: unknown;
}

/** Calls a tool of an MCP server that the session declares; where that needs approval, the response ends with asking for it. */
export interface McpStep {
  /** The tool. */
  readonly mcp: string;
  /** `server_label`; without one, the first server. */
  readonly server?: string;
  readonly arguments?: unknown;
  /** What the tool gives back: text, or a value that goes out as JSON. Default `ok`. */
  readonly output?: unknown;
  /** The call fails with this message. */
  readonly error?: string;
}

/** Searches by the service's own means. */
export interface SearchStep {
  readonly search: "web" | "file";
  readonly queries?: readonly string[];
  /** Of a file search. */
  readonly results?: readonly FileSearchResult[];
}

/** What a response contains, in order. An empty answer is a response without output. */
export type Answer = readonly Step[];

/** A function's result that the client has handed in, or that of an MCP call. */
export interface FunctionOutput {
  readonly name: string;
  readonly callId: string;
  /** As they were sent in the call, parsed; `{}` when they are no JSON object. */
  readonly arguments: Readonly<Record<string, unknown>>;
  /** Parsed JSON, or the text itself when it is none. */
  readonly output: unknown;
}

/** What a behaviour can look at to decide about a response. */
export interface ResponseContext {
  /** Settings in force for this response: the session's with the overrides of `response.create` on top. */
  readonly settings: ResponseSession;
  readonly instructions: string;
  /** Functions that may be called; empty with `tool_choice` `none`. */
  readonly tools: readonly FunctionTool[];
  /** Labels of the MCP servers whose tools may be called. */
  readonly mcpServers: readonly string[];
  /** How many user messages there are so far; 0 before the first. */
  readonly turn: number;
  /** Words of the user messages that are to be answered, or of the system's notes where there are only those. */
  readonly text: string;
  /** How it was said; `none` before the first message. */
  readonly source: "speech" | "text" | "none";
  /** What the user said aloud, at the rate of the input. */
  readonly sound?: Sound;
  /** Results of functions and MCP calls that arrived after the last message; with these the response is a follow-up. */
  readonly outputs: readonly FunctionOutput[];
  /** The client's own overrides. */
  readonly request: ResponseCreateParams;
}

/** Decides what a response contains; `undefined` leaves it to the next behaviour. */
export type Behaviour = (context: ResponseContext) => Answer | undefined;
