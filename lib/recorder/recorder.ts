import type { Conversation, ConversationHub, VoiceLiveError } from "../client";
import { inTime } from "../in-time";
import { Recording, type RecordingOptions } from "./recording";

export interface RecorderOptions extends Omit<RecordingOptions, "onFault"> {
  readonly hub: ConversationHub;
  /** Conversations are recorded from their beginning, unless told otherwise. */
  readonly isActive: boolean;
  readonly onFault: (conversation: Conversation, fault: VoiceLiveError) => void;
  /** More or fewer are being recorded. */
  readonly onChanged: () => void;
}

/** How often what has sounded is written. */
const PERIOD_MS = 500;
/** Node-RED gives a node 15 s to close; a disk that answers needs milliseconds. */
const CLOSED_WITHIN_MS = 5_000;

/** Records the conversations of a hub: all, or those that it is told to. */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #recordings = new Map<Conversation, Recording>();
  /** What the flow has said of a conversation, for as long as there is one. */
  readonly #wishes = new Map<Conversation, boolean>();
  readonly #connected = new Set<Conversation>();
  readonly #closing = new Set<Promise<void>>();
  readonly #stopListening: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: RecorderOptions) {
    this.#options = options;
    const { hub } = options;
    this.#stopListening = hub.listen({
      status: (conversation) => this.#onStatus(conversation),
      transcript: (conversation, transcript) =>
        this.#recordings.get(conversation)?.transcript(transcript),
      raw: (conversation, event) =>
        this.#recordings.get(conversation)?.event(event),
      ended: (conversation) => {
        this.#connected.delete(conversation);
        this.#end(conversation);
        this.#wishes.delete(conversation);
      },
    });
    for (const conversation of hub.conversations) this.#onStatus(conversation);
  }

  /** How many are being recorded. */
  get count(): number {
    return this.#recordings.size;
  }

  /** Records the conversation, as soon as it is connected. */
  start(conversation: Conversation): void {
    this.#wishes.set(conversation, true);
    if (this.#connected.has(conversation)) this.#begin(conversation);
  }

  stop(conversation: Conversation): void {
    this.#wishes.set(conversation, false);
    this.#end(conversation);
  }

  /** @returns when all files are complete, after five seconds at most; never rejects */
  async close(): Promise<void> {
    this.#stopListening();
    for (const conversation of this.#recordings.keys()) this.#end(conversation);
    const closed = Promise.all(this.#closing).then(() => undefined);
    await inTime(closed, CLOSED_WITHIN_MS, () => undefined);
  }

  #onStatus(conversation: Conversation): void {
    const { name } = conversation.state;
    const isConnected = name !== "idle" && name !== "stopped";
    if (isConnected === this.#connected.has(conversation)) return;
    if (isConnected) {
      this.#connected.add(conversation);
      const { isActive } = this.#options;
      if (this.#wishes.get(conversation) ?? isActive) this.#begin(conversation);
    } else {
      this.#connected.delete(conversation);
      this.#end(conversation);
    }
  }

  #begin(conversation: Conversation): void {
    if (this.#recordings.has(conversation)) return;
    const { folder, what, maxMs, onFault } = this.#options;
    const recording = new Recording(conversation, {
      folder,
      what,
      maxMs,
      onFault: (fault) => {
        this.#end(conversation, recording);
        onFault(conversation, fault);
      },
    });
    this.#recordings.set(conversation, recording);
    this.#timer ??= setInterval(() => this.#advance(), PERIOD_MS);
    this.#options.hub.recordingBegan(conversation);
    this.#options.onChanged();
  }

  #end(
    conversation: Conversation,
    recording = this.#recordings.get(conversation),
  ): void {
    if (!recording || this.#recordings.get(conversation) !== recording) return;
    this.#recordings.delete(conversation);
    const closing = recording.close(performance.now()).finally(() => {
      this.#closing.delete(closing);
    });
    this.#closing.add(closing);
    if (this.#recordings.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    this.#options.hub.recordingEnded(conversation);
    this.#options.onChanged();
  }

  #advance(): void {
    const now = performance.now();
    for (const recording of this.#recordings.values()) recording.advance(now);
  }
}
