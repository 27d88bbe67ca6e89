/**
 * What a talk page and its node say to each other over one WebSocket. Text frames are JSON, one of the messages below; binary
 * frames are audio. The page says `hello` first; nothing else is read before it.
 *
 * Audio from the page: mono PCM16, little-endian, at `Welcome.inputRate`.
 * Audio to the page: four bytes, little-endian, the number of a stream that `AudioStream` has announced, then mono PCM16 at
 * the stream's rate.
 */

/** Written into `Hello`; a page of another version is asked to load itself again. */
export const PAGE_PROTOCOL = 1;

/** Bytes before the samples of an audio frame to the page. */
export const STREAM_HEADER_BYTES = 4;

export type PageMessage =
  | Hello
  | { readonly type: "audio-end" }
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "interrupt" }
  /** The user has ended the conversation; a page that only loses its socket does not say so. */
  | { readonly type: "leave" }
  | PlayedReport
  | { readonly type: "ping"; readonly at: number };

export interface Hello {
  readonly type: "hello";
  readonly version: number;
  /** The password, or the ticket of the flow; absent where access is open. */
  readonly secret?: string;
  /** What an earlier `Welcome` gave: the page goes on with its conversation. */
  readonly resume?: string;
  /** The conversation was ended, and the user has asked for another; the page has not only come back by itself. */
  readonly isAgain?: boolean;
  /** BCP 47, of the page's texts. */
  readonly language?: string;
}

/** How much of a stream the page has really played. */
export interface PlayedReport {
  readonly type: "played";
  readonly stream: number;
  /** Samples at the stream's rate, counted where they leave for the loudspeaker. */
  readonly samples: number;
  /** The stream is over for the page: all was played, or it was flushed. */
  readonly ended: boolean;
}

export type NodeMessage =
  | Welcome
  | { readonly type: "state"; readonly state: PageState }
  /** Somebody has begun to record this conversation, or nobody does any more. */
  | { readonly type: "recorded"; readonly isRecorded: boolean }
  | AudioStream
  /** Nothing more comes for this stream; the page plays what it has. */
  | { readonly type: "audio-end"; readonly stream: number }
  /** Stop at once and drop what is queued; the page answers with `played`, `ended`. */
  | { readonly type: "flush"; readonly generation: number }
  | TranscriptMessage
  | CallMessage
  | CallResultMessage
  | TurnMessage
  | NoticeMessage
  | { readonly type: "pong"; readonly at: number };

export interface Welcome {
  readonly type: "welcome";
  readonly title: string;
  /** Of this page's conversation; also proves that a later `Hello` is of the same page. */
  readonly resume: string;
  /** True where the conversation of an earlier socket goes on. */
  readonly resumed: boolean;
  /** Hz */
  readonly inputRate: number;
  /** Playing time of one frame from the page, 20–40 ms. */
  readonly chunkMs: number;
  /** The assistant is the built-in simulator: it understands what is typed, not what is said. */
  readonly isSimulated?: boolean;
}

export type PageState =
  | "idle"
  | "connecting"
  | "listening"
  | "user-speaking"
  | "thinking"
  | "speaking"
  | "reconnecting"
  | "stopped";

/** One reply (or one item of it) begins; its frames carry `stream`. */
export interface AudioStream {
  readonly type: "audio";
  readonly stream: number;
  /** Hz */
  readonly rate: number;
  readonly generation: number;
  readonly itemId?: string;
}

export interface TranscriptMessage {
  readonly type: "transcript";
  /** The item; pieces and the whole of one bubble share it. */
  readonly id: string;
  readonly who: "user" | "assistant";
  /** A piece to add, or, when final, the whole. */
  readonly text: string;
  readonly final: boolean;
  /** Of an interrupted reply: what can have been heard; the rest is struck through. */
  readonly heard?: string;
}

export interface CallMessage {
  readonly type: "call";
  readonly id: string;
  readonly name: string;
  readonly arguments: unknown;
}

export interface CallResultMessage {
  readonly type: "call-result";
  readonly id: string;
  readonly output: string;
  readonly failed: boolean;
}

export interface TurnMessage {
  readonly type: "turn";
  /** End of the user's speech to the first audio of the reply, ms. */
  readonly latencyMs: number;
}

export interface NoticeMessage {
  readonly type: "notice";
  readonly level: "info" | "warning" | "error";
  readonly text: string;
}

/** Close codes of the socket. The reason is one line in plain English; the page shows its own words for the code. */
export const PAGE_CLOSE = {
  /** Wrong or missing secret. */
  denied: 4401,
  /** A ticket that was good once. */
  expired: 4402,
  /** Origin is not this page's own. */
  foreignOrigin: 4403,
  /** No `hello` in time. */
  silent: 4408,
  /** Malformed frame, or a message that is not in this file. */
  malformed: 4400,
  oversize: 4413,
  tooFast: 4429,
  /** Too many wrong secrets of this address: the next is looked at after a pause. */
  braked: 4423,
  tooManyPages: 4430,
  /** The node was deployed again or Node-RED stops: come back soon. */
  restarting: 4503,
  /** Another socket has taken this page's conversation over. */
  replaced: 4409,
  /** The page takes what is sent to it far too slowly. */
  slow: 4410,
  /** An operator or a limit has ended its conversation; another one begins when its user asks for it. */
  ended: 4411,
  /** Versions differ: load the page again. */
  outdated: 4426,
} as const;
