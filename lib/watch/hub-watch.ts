import {
  typedText,
  type Conversation,
  type ConversationHub,
  type Transcript,
} from "../client";
import { ConversationFigures, type Figures } from "./conversation-figures";
import { ConversationLevels, type Levels } from "./conversation-levels";
import { Lease } from "./lease";
import { SpokenLines, type SpokenLine } from "./spoken-lines";

/** One conversation as it is at the moment. */
export interface ConversationView {
  /** Names it in this process; its key may be a telephone number, which belongs into no address or log. */
  readonly id: string;
  readonly conversation: Conversation;
  readonly figures: Figures;
  readonly levels: Levels;
}

export interface LinesView {
  readonly changes: number;
  readonly lines: readonly SpokenLine[];
}

/** Whoever watches asks every second; one that does not ask for so long is gone. */
export const LEASE_MS = 5_000;

let lastNumber = 0;

/**
 * What the editor's panel sees of the conversations of a hub. Numbers are counted always; levels are measured, and words
 * collected, only while somebody asks for them, and forgotten when nobody does.
 */
export class HubWatch {
  readonly #hub: ConversationHub;
  readonly #stopCounting: () => void;
  /** While words are collected. */
  #stopListening: (() => void) | undefined;
  readonly #ids = new Map<string, Conversation>();
  readonly #figures = new Map<Conversation, ConversationFigures>();
  readonly #levels = new Map<Conversation, ConversationLevels>();
  readonly #lines = new Map<
    Conversation,
    { readonly lines: SpokenLines; readonly lease: Lease }
  >();
  readonly #levelLease = new Lease(LEASE_MS, () => this.#dropLevels());

  constructor(hub: ConversationHub) {
    this.#hub = hub;
    for (const conversation of hub.conversations) this.#onBegun(conversation);
    this.#stopCounting = hub.listen({
      begun: (conversation) => this.#onBegun(conversation),
      ended: (conversation) => this.#onEnded(conversation),
      life: (conversation, event) =>
        this.#figures.get(conversation)?.add(event),
    });
  }

  /** Levels are being measured or words collected. */
  get isWatched(): boolean {
    return this.#levelLease.isHeld || this.#lines.size > 0;
  }

  conversation(id: string): Conversation | undefined {
    return this.#ids.get(id);
  }

  /** All conversations, as they are; levels come from the second look on. */
  look(): readonly ConversationView[] {
    this.#levelLease.renew();
    const now = performance.now();
    return [...this.#ids].map(([id, conversation]) => ({
      id,
      conversation,
      figures: this.#figures.get(conversation)!.figures, // begun and ended together
      levels: this.#levelsOf(conversation).read(now),
    }));
  }

  /**
   * What is said in a conversation from the first call on.
   * @param since - `changes` of the last answer, 0 at first
   * @returns undefined when there is no such conversation
   */
  lines(id: string, since: number): LinesView | undefined {
    const conversation = this.#ids.get(id);
    if (!conversation) return undefined;
    const { lines, lease } = this.#linesOf(conversation);
    lease.renew();
    // Its words were forgotten in the meantime, and counting has begun anew.
    const from = since > lines.changes ? 0 : since;
    return { changes: lines.changes, lines: lines.since(from) };
  }

  close(): void {
    this.#stopCounting();
    for (const conversation of this.#ids.values()) this.#onEnded(conversation);
    this.#levelLease.end();
  }

  #onBegun(conversation: Conversation): void {
    this.#ids.set(`c${++lastNumber}`, conversation);
    this.#figures.set(conversation, new ConversationFigures());
  }

  #onEnded(conversation: Conversation): void {
    for (const [id, each] of this.#ids)
      if (each === conversation) this.#ids.delete(id);
    this.#figures.delete(conversation);
    this.#levels.get(conversation)?.close();
    this.#levels.delete(conversation);
    this.#lines.get(conversation)?.lease.end();
  }

  #onTranscript(conversation: Conversation, transcript: Transcript): void {
    this.#lines
      .get(conversation)
      ?.lines.add(transcript, conversation.placeOf(transcript.itemId));
  }

  #levelsOf(conversation: Conversation): ConversationLevels {
    const known = this.#levels.get(conversation);
    if (known) return known;
    const levels = new ConversationLevels(conversation);
    this.#levels.set(conversation, levels);
    return levels;
  }

  #dropLevels(): void {
    for (const levels of this.#levels.values()) levels.close();
    this.#levels.clear();
  }

  #linesOf(conversation: Conversation): {
    readonly lines: SpokenLines;
    readonly lease: Lease;
  } {
    const known = this.#lines.get(conversation);
    if (known) return known;
    this.#stopListening ??= this.#listen();
    const lease = new Lease(LEASE_MS, () => {
      this.#lines.delete(conversation);
      if (this.#lines.size > 0) return;
      this.#stopListening?.();
      this.#stopListening = undefined;
    });
    const watched = { lines: new SpokenLines(), lease };
    this.#lines.set(conversation, watched);
    return watched;
  }

  #listen(): () => void {
    return this.#hub.listen({
      transcript: (...told) => this.#onTranscript(...told),
      raw: (conversation, event) => {
        const typed = typedText(event);
        if (typed) this.#onTranscript(conversation, typed);
      },
    });
  }
}
