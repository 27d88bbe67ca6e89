import { inTime } from "../in-time";
import { createId, type RequestItem } from "../protocol";
import { toVoiceLiveError, VoiceLiveError } from "./errors";
import { History, type HistoryBounds } from "./history";
import { readStoredHistory, type StoredHistory } from "./stored-history";

/** Where memories live beyond the process. */
export interface HistoryStore {
  load(key: string): Promise<unknown>;
  save(key: string, stored: StoredHistory): Promise<void>;
  remove(key: string): Promise<void>;
}

export interface MemoryOptions {
  readonly key: string;
  readonly bounds: HistoryBounds;
  readonly store?: HistoryStore | undefined;
  readonly onFault: (fault: VoiceLiveError) => void;
}

/** Pieces of one turn come close together; one write serves them all. */
const SAVE_AFTER_MS = 500;

/** A caller who waits for an answer does not wait longer for a store. */
const LOADED_WITHIN_MS = 3_000;

/** The model must know why it finds words that it never said in this session. */
const ANCHOR =
  "The messages that follow are this conversation so far; the connection was renewed in between. Go on from there. Do not greet again and do not mention the interruption.";

/** What one conversation remembers over its sessions, and over restarts where a store is given. */
export class Memory {
  readonly history: History;
  readonly #options: MemoryOptions;
  readonly #loaded: Promise<void>;
  #agentConversationId: string | undefined;
  #save: NodeJS.Timeout | undefined;
  #isLoading = false;
  /** The flow has said what is to be remembered; what was stored before does not count. */
  #isOverruled = false;
  #isOver = false;

  constructor(options: MemoryOptions) {
    this.#options = options;
    this.history = new History(options.bounds, () => this.#changed());
    this.#loaded = this.#load();
  }

  /** Under which the service remembers an agent's conversation (protocol.md §2.2, `conversation-id`). */
  get agentConversationId(): string | undefined {
    return this.#agentConversationId;
  }

  set agentConversationId(id: string | undefined) {
    if (id === this.#agentConversationId) return;
    this.#agentConversationId = id;
    this.#changed();
  }

  /** Everything that was stored is there. Never rejects. */
  async ready(): Promise<void> {
    await this.#loaded;
  }

  /**
   * What a session has to be told that knows only some of it; the first words explain the rest.
   * @param known - ids that the session has; those of the result are added
   */
  missing(known: Set<string>): readonly RequestItem[] {
    const isFirst = known.size === 0;
    const items = this.history.missing(known);
    if (!isFirst || items.length === 0) return items;
    return [anchor(), ...items];
  }

  export(): StoredHistory {
    const id = this.#agentConversationId;
    return {
      version: 1,
      items: this.history.export(),
      ...(id !== undefined && { agentConversationId: id }),
    };
  }

  /** @throws VoiceLiveError `VOICE_LIVE_PAYLOAD` when it is no export */
  import(value: unknown): void {
    this.#take(readStoredHistory(value));
    this.#isOverruled = true;
  }

  clear(): void {
    this.#isOverruled = true;
    this.#agentConversationId = undefined;
    this.history.clear();
  }

  /**
   * The conversation is over in this process.
   * @param isForgotten - and whoever comes back under its key is new
   */
  close(isForgotten: boolean): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const isUnsaved = this.#save !== undefined;
    clearTimeout(this.#save);
    if (isForgotten) this.#guard((store, key) => store.remove(key));
    else if (isUnsaved) this.#write();
  }

  async #load(): Promise<void> {
    const { store, key, onFault } = this.#options;
    if (!store) return;
    try {
      const stored = await inTime(store.load(key), LOADED_WITHIN_MS, () => {
        throw new Error(`no answer within ${LOADED_WITHIN_MS / 1_000} s`);
      });
      if (stored === undefined || stored === null) return;
      if (this.#isOver || this.#isOverruled) return;
      this.#isLoading = true;
      this.#take(readStoredHistory(stored));
    } catch (thrown) {
      onFault(storeFault("read", thrown));
    } finally {
      this.#isLoading = false;
    }
  }

  #take({ items, agentConversationId }: StoredHistory): void {
    this.#agentConversationId = agentConversationId;
    this.history.import(items);
  }

  #changed(): void {
    if (!this.#options.store || this.#isLoading || this.#isOver) return;
    this.#save ??= setTimeout(() => this.#write(), SAVE_AFTER_MS);
  }

  #write(): void {
    this.#save = undefined;
    const stored = this.export();
    this.#guard((store, key) => store.save(key, stored));
  }

  #guard(use: (store: HistoryStore, key: string) => Promise<void>): void {
    const { store, key, onFault } = this.#options;
    if (!store) return;
    use(store, key).catch((thrown: unknown) =>
      onFault(storeFault("written", thrown)),
    );
  }
}

function anchor(): RequestItem {
  return {
    type: "message",
    id: createId("item"),
    role: "system",
    content: [{ type: "input_text", text: ANCHOR }],
  };
}

function storeFault(what: "read" | "written", thrown: unknown): VoiceLiveError {
  const { message } = toVoiceLiveError(thrown);
  return new VoiceLiveError(
    "VOICE_LIVE_HISTORY",
    `The conversation's memory could not be ${what}: ${message}`,
    {
      nextStep:
        "The conversation goes on; check the context store that the session node names.",
    },
  );
}
