import type {
  CallMessage,
  CallResultMessage,
  NodeMessage,
  NoticeMessage,
  TranscriptMessage,
} from "../../lib/talk/page-protocol";

/** What one side has said. */
export interface Speech {
  readonly kind: "speech";
  readonly key: number;
  readonly who: "user" | "assistant";
  /** The item; a bubble that still waits for its text has none. */
  id: string | undefined;
  text: string;
  isFinal: boolean;
  /** Of an interrupted reply: the part that was heard. */
  heard: string | undefined;
  /** To its first sound; none of a reply that never sounded. */
  latencyMs: number | undefined;
}

export interface Call {
  readonly kind: "call";
  readonly key: number;
  readonly id: string;
  readonly name: string;
  readonly arguments: unknown;
  output: string | undefined;
  hasFailed: boolean;
}

export interface Notice {
  readonly kind: "notice";
  readonly key: number;
  readonly level: NoticeMessage["level"];
  readonly text: string;
}

export type Entry = Speech | Call | Notice;

/** A long evening's talk; the oldest go first. */
const MOST_ENTRIES = 400;

/** What was said and done, in the order it happened, grown from what the node tells. */
export class Conversation {
  readonly #entries: Entry[] = [];
  #lastKey = 0;
  /** Of a reply that has no words yet. */
  #latencyMs: number | undefined;

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** @returns the entries that are new or have changed */
  apply(message: NodeMessage): readonly Entry[] {
    if (message.type === "transcript") return [this.#transcript(message)];
    if (message.type === "call") return [this.#call(message)];
    if (message.type === "call-result") return this.#result(message);
    if (message.type === "notice")
      return [this.#add({ ...message, kind: "notice", key: this.#nextKey() })];
    if (message.type === "turn") return this.#turn(message.latencyMs);
    if (message.type === "state" && message.state === "user-speaking")
      return this.#userSpeaks();
    return [];
  }

  /** The user has typed something; the node does not repeat it. */
  typed(text: string): Speech {
    const typed = this.#speech("user", undefined);
    typed.text = text;
    typed.isFinal = true;
    return typed;
  }

  /** A bubble that waits for its words keeps their place: transcription may end after the reply has begun. */
  #userSpeaks(): readonly Entry[] {
    return this.#waiting() ? [] : [this.#speech("user", undefined)];
  }

  #transcript(message: TranscriptMessage): Speech {
    const { id, who, text, final, heard } = message;
    const speech =
      this.#find(id, who) ??
      (who === "user" ? this.#waiting() : undefined) ??
      this.#speech(who, id);
    speech.id = id;
    if (final) speech.text = text;
    else if (!speech.isFinal) speech.text += text;
    speech.isFinal ||= final;
    speech.heard = heard ?? speech.heard;
    if (speech.heard === "") speech.latencyMs = undefined;
    return speech;
  }

  #call(message: CallMessage): Call {
    const { id, name } = message;
    const call: Call = {
      kind: "call",
      key: this.#nextKey(),
      id,
      name,
      arguments: message.arguments,
      output: undefined,
      hasFailed: false,
    };
    this.#add(call);
    return call;
  }

  #result({ id, output, failed }: CallResultMessage): readonly Entry[] {
    const call = this.#entries.findLast(
      (entry) => entry.kind === "call" && entry.id === id,
    );
    if (call?.kind !== "call") return [];
    call.output = output;
    call.hasFailed = failed;
    return [call];
  }

  /** The first sound of a reply may come before its first word. */
  #turn(latencyMs: number): readonly Entry[] {
    const last = this.#entries.findLast((entry) => entry.kind === "speech");
    if (last?.kind === "speech" && last.who === "assistant") {
      if (last.heard === "") return [];
      last.latencyMs = latencyMs;
      return [last];
    }
    this.#latencyMs = latencyMs;
    return [];
  }

  #speech(who: Speech["who"], id: string | undefined): Speech {
    const speech: Speech = {
      kind: "speech",
      key: this.#nextKey(),
      who,
      id,
      text: "",
      isFinal: false,
      heard: undefined,
      latencyMs: who === "assistant" ? this.#latencyMs : undefined,
    };
    this.#latencyMs = undefined;
    this.#add(speech);
    return speech;
  }

  #find(id: string, who: Speech["who"]): Speech | undefined {
    const found = this.#entries.findLast(
      (entry) =>
        entry.kind === "speech" && entry.id === id && entry.who === who,
    );
    return found?.kind === "speech" ? found : undefined;
  }

  #waiting(): Speech | undefined {
    const found = this.#entries.findLast(
      (entry) =>
        entry.kind === "speech" && entry.id === undefined && !entry.isFinal,
    );
    return found?.kind === "speech" ? found : undefined;
  }

  #add<Kind extends Entry>(entry: Kind): Kind {
    this.#entries.push(entry);
    if (this.#entries.length > MOST_ENTRIES) this.#entries.shift();
    return entry;
  }

  #nextKey(): number {
    this.#lastKey += 1;
    return this.#lastKey;
  }
}
