/** What `GET voice-live-sessions` answers (nodes/voice-live-sessions.ts). */
export interface LiveAnswer {
  readonly sessions: readonly LiveSession[];
  /** Nothing when the conversation that is watched has ended. */
  readonly watched: LiveWords | null;
}

export interface LiveSession {
  readonly id: string;
  readonly name: string;
  readonly conversations: readonly LiveConversation[];
}

export interface LiveConversation {
  readonly id: string;
  readonly key: string;
  readonly look: {
    readonly fill: string;
    readonly shape: string;
    /** Key of a status text in the session's catalog. */
    readonly status: string;
  };
  readonly isRecorded: boolean;
  /** Why it does not go on, in the runtime's words. */
  readonly problem: string | null;
  readonly generation: number;
  readonly turnMs: number | null;
  readonly tokens: number | null;
  readonly droppedMs: number;
  readonly reconnects: number;
  /** dBFS. */
  readonly levels: {
    readonly user: number | null;
    readonly assistant: number | null;
  };
}

export interface LiveWords {
  readonly id: string;
  /** Counter to ask on from. */
  readonly changes: number;
  readonly lines: readonly LiveLine[];
}

export interface LiveLine {
  readonly itemId: string;
  /** Higher for a line that began later. */
  readonly place: number;
  readonly who: "user" | "assistant";
  readonly text: string;
  readonly isFinal: boolean;
  readonly heard?: string;
}
