import { EventEmitter } from "node:events";
import type { AudioFormat } from "../audio";
import type { AnyServerEvent, RequestSession } from "../protocol";
import {
  outletFormat,
  type OutletChunk,
  type OutletOptions,
  type PlaybackEvent,
} from "./audio-outlet";
import { Conversation } from "./conversation";
import type {
  CallAnswer,
  CheckedCall,
  ConversationEvents,
  Interruption,
  LifeEvent,
} from "./conversation-events";
import type { ConversationPolicy } from "./conversation-policy";
import { CostGuard } from "./cost-guard";
import { NO_COST_LIMITS, type CostLimits } from "./cost-limits";
import { counted } from "./counted";
import { DayUsage } from "./day-usage";
import { wantsReference } from "./echo";
import { toVoiceLiveError, VoiceLiveError } from "./errors";
import { nativeInput, nativeOutput } from "./native-formats";
import type { OutletSource } from "./playback";
import { Rests, type EndedBy } from "./rests";
import type { FunctionCall } from "./tool-calls";
import { ToolBox, type ToolDeclaration } from "./tools";
import type { Transcript } from "./transcripts";
import { WakeUps } from "./wake-ups";

/** A place where reply audio of all conversations leaves. */
export interface Outlet {
  readonly options: OutletOptions;
  audio(conversation: Conversation, chunk: OutletChunk): void;
  playback(conversation: Conversation, event: PlaybackEvent): void;
}

export interface HubOptions extends Omit<
  ConversationPolicy,
  "tools" | "nativeFormats" | "costs"
> {
  /** More conversations at once are refused. */
  readonly maxConversations: number;
  /** A conversation without any activity for so long is closed; 0: never. */
  readonly idleMs: number;
  /** None by default. */
  readonly costLimits?: CostLimits;
  /** What the day has used before this hub was made. */
  readonly day?: DayUsage;
}

interface HubEvents {
  transcript: [Conversation, Transcript];
  call: [Conversation, CheckedCall];
  callFault: [Conversation, VoiceLiveError, FunctionCall];
  answered: [Conversation, CallAnswer];
  interrupted: [Conversation, Interruption];
  life: [Conversation, LifeEvent];
  raw: [Conversation, AnyServerEvent];
  fault: [Conversation, VoiceLiveError];
  status: [Conversation];
  /** A recording of it has begun where there was none, or the last one has ended. */
  recorded: [Conversation];
  begun: [Conversation];
  /** And why, as its `closed` event says. */
  ended: [Conversation, string];
}

/** What is done when a hub tells something, by what it tells. */
export type HubListeners = {
  readonly [Name in keyof HubEvents]?: (...told: HubEvents[Name]) => void;
};

/** A deploy takes tools away and brings them back, one tick after the other; the service hears of the outcome only. */
const TOOLS_SETTLE_MS = 50;
/** How often idle conversations are looked for. */
const SWEEP_MS = 10_000;

/** All conversations of one session node, by key, and what they have in common. */
export class ConversationHub extends EventEmitter<HubEvents> {
  readonly #options: HubOptions;
  readonly #tools = new ToolBox();
  readonly #conversations = new Map<string, Conversation>();
  readonly #inputs = new Set<{ readonly format: AudioFormat | undefined }>();
  readonly #outlets = new Map<Outlet, Map<Conversation, OutletSource>>();
  readonly #costs: CostGuard<Conversation>;
  /** Paces the speech of all conversations. */
  readonly #wakeUps = new WakeUps();
  /** Conversations that may not begin again at once. */
  readonly #rests = new Rests((key) => this.#isConnected(key));
  /** How many recordings are being made of each that is recorded. */
  readonly #recordings = new Map<Conversation, number>();
  #toolsSettle: NodeJS.Timeout | undefined;
  #sweep: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: HubOptions) {
    super();
    // One listener for each node of a flow; more than ten are no leak.
    this.setMaxListeners(0);
    this.#options = options;
    this.#costs = new CostGuard({
      limits: options.costLimits ?? NO_COST_LIMITS,
      day: options.day ?? new DayUsage(Date.now()),
      conversations: () => this.conversations,
      onReached: (conversation, reached) =>
        conversation.endPolitely(reached, () => {
          const { key } = conversation;
          if (this.#conversations.get(key) === conversation)
            this.endForNow(key, "limit");
        }),
    });
    if (options.idleMs > 0)
      this.#sweep = setInterval(
        () => this.#closeIdle(performance.now()),
        SWEEP_MS,
      );
  }

  get conversations(): readonly Conversation[] {
    return [...this.#conversations.values()];
  }

  /** Why nothing may connect today, where the day's limit is reached. */
  get refusal(): VoiceLiveError | undefined {
    return this.#costs.refusal();
  }

  /** The service is the built-in simulator, which understands no speech. */
  get isSimulated(): boolean {
    return this.#options.access.isSimulated ?? false;
  }

  get(key: string): Conversation | undefined {
    return this.#conversations.get(key);
  }

  /**
   * The conversation of this key; begins it when there is none.
   * @throws VoiceLiveError `VOICE_LIVE_LIMIT` when there are too many, or the day's limit is reached
   */
  open(key: string): Conversation {
    const known = this.#conversations.get(key);
    if (known) return known;
    if (this.#isClosed)
      throw new VoiceLiveError(
        "VOICE_LIVE_NOT_CONNECTED",
        "The session node is closing",
        { nextStep: "Send it again after the deploy." },
      );
    if (this.#conversations.size >= this.#options.maxConversations) {
      throw new VoiceLiveError(
        "VOICE_LIVE_LIMIT",
        `The session has ${counted(this.#options.maxConversations, "conversation", "conversations")} already`,
        {
          nextStep: "Disconnect some, or raise the limit in the session node.",
        },
      );
    }
    this.#costs.admit();
    return this.#begin(key);
  }

  /**
   * Input for this key has come.
   * @param isSound - may come from a microphone that nobody has closed
   * @returns true when its conversation was ended for it and it has paused: its next one is due
   * @throws VoiceLiveError as `Rests.admit` does, while it may begin none yet
   */
  admitInput(key: string, isSound: boolean): boolean {
    return this.#rests.admit(key, isSound);
  }

  /** Ends what has reached a limit: to be called when the day's usage changes from outside. */
  enforceLimits(): void {
    this.#costs.enforce();
  }

  /**
   * Ends a conversation.
   * @param reason - told in its `closed` event
   * @param isForgotten - also its memory: whoever comes back under the key is new
   */
  end(key: string, reason = "disconnected", isForgotten = false): void {
    const conversation = this.#conversations.get(key);
    if (!conversation) return;
    this.#conversations.delete(key);
    conversation.close(reason, isForgotten);
    this.#costs.forget(conversation);
    for (const sources of this.#outlets.values()) sources.delete(conversation);
    this.#guarded(conversation, () => this.emit("ended", conversation, reason));
  }

  /** Ends a conversation whose device may go on sending: `admitInput` says when it may begin another. */
  endForNow(key: string, by: EndedBy): void {
    if (!this.#conversations.has(key)) return;
    this.end(key, by);
    this.#rests.begin(key, by);
  }

  /** Sound for this key would begin no conversation. */
  isResting(key: string): boolean {
    return this.#rests.isResting(key);
  }

  /** Whoever comes now asks for a conversation on purpose: no pause is needed. */
  allowAgain(key: string): void {
    this.#rests.allowAgain(key);
  }

  isRecorded(conversation: Conversation): boolean {
    return this.#recordings.has(conversation);
  }

  /** A recording of the conversation begins: whoever shows it tells those who talk. */
  recordingBegan(conversation: Conversation): void {
    this.#countRecordings(conversation, 1);
  }

  /** To be called once for each that began. */
  recordingEnded(conversation: Conversation): void {
    this.#countRecordings(conversation, -1);
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#sweep);
    clearTimeout(this.#toolsSettle);
    for (const key of this.#conversations.keys()) this.end(key);
    this.#costs.close();
    this.removeAllListeners();
  }

  /** @returns a function that takes these listeners away */
  listen(listeners: HubListeners): () => void {
    const entries = Object.entries(listeners);
    // The types hold each listener to its name in `listeners`; taken apart, they do not know any more which belongs to which.
    for (const [name, listener] of entries)
      (this as EventEmitter).on(name, listener);
    return () => {
      for (const [name, listener] of entries)
        (this as EventEmitter).off(name, listener);
    };
  }

  /** @returns a function that takes the outlet away */
  addOutlet(outlet: Outlet): () => void {
    this.#outlets.set(outlet, new Map());
    for (const conversation of this.#conversations.values())
      this.#plug(outlet, conversation);
    return () => {
      for (const [conversation, source] of this.#outlets.get(outlet) ?? [])
        conversation.removeOutlet(source);
      this.#outlets.delete(outlet);
    };
  }

  /**
   * An input of the flow exists.
   * @param format - of all audio that comes in there; undefined when the messages say
   * @returns a function that takes the declaration back
   */
  declareInput(format: AudioFormat | undefined): () => void {
    const input = { format };
    this.#inputs.add(input);
    return () => this.#inputs.delete(input);
  }

  /**
   * @returns a function that takes the declaration back
   * @throws VoiceLiveError `VOICE_LIVE_TOOL` when the declaration is no good
   */
  declareTool(declaration: ToolDeclaration): () => void {
    const withdraw = this.#tools.declare(declaration);
    this.#toolsChanged();
    return () => {
      withdraw();
      this.#toolsChanged();
    };
  }

  #isConnected(key: string): boolean {
    return (this.get(key)?.state.name ?? "idle") !== "idle";
  }

  #countRecordings(conversation: Conversation, change: number): void {
    const before = this.#recordings.get(conversation) ?? 0;
    const count = before + change;
    if (count > 0) this.#recordings.set(conversation, count);
    else this.#recordings.delete(conversation);
    if (before > 0 !== count > 0)
      this.#guarded(conversation, () => this.emit("recorded", conversation));
  }

  #toolsChanged(): void {
    if (this.#isClosed) return;
    this.#toolsSettle ??= setTimeout(() => {
      this.#toolsSettle = undefined;
      for (const conversation of this.#conversations.values())
        this.#guarded(conversation, () => conversation.toolsChanged());
    }, TOOLS_SETTLE_MS);
  }

  #begin(key: string): Conversation {
    const conversation: Conversation = new Conversation(
      key,
      {
        ...this.#options,
        tools: this.#tools,
        costs: this.#costs.meterFor(() => conversation),
        nativeFormats: () => this.#nativeFormats(),
      },
      this.#eventsFor(() => conversation),
    );
    this.#conversations.set(key, conversation);
    for (const outlet of this.#outlets.keys()) this.#plug(outlet, conversation);
    this.#guarded(conversation, () => this.emit("begun", conversation));
    return conversation;
  }

  /** What all inputs, and all outlets, agree on. */
  #nativeFormats(): RequestSession {
    const { settings, echo } = this.#options;
    const inputs = [...this.#inputs].map(({ format }) => format);
    const outputs = [...this.#outlets.keys()].map(({ options }) => ({
      ...outletFormat(options),
      channels: 1,
    }));
    // A reference beside the microphone is PCM16 at the full rate (protocol.md §7.4).
    const hasReference = echo === "client" || wantsReference(settings);
    // Half of our choice and half of the user's would be a third format.
    const isChosen =
      settings.input_audio_format !== undefined ||
      settings.input_audio_sampling_rate !== undefined;
    return {
      ...(hasReference || isChosen ? {} : nativeInput(inputs)),
      ...nativeOutput(outputs, settings.voice),
    };
  }

  #plug(outlet: Outlet, conversation: Conversation): void {
    const source: OutletSource = {
      wakeUps: this.#wakeUps,
      options: outlet.options,
      listeners: {
        audio: (chunk) => {
          try {
            outlet.audio(conversation, chunk);
          } catch (thrown) {
            this.#reportListener(conversation, toVoiceLiveError(thrown));
          }
        },
        playback: (event) =>
          this.#guarded(conversation, () =>
            outlet.playback(conversation, event),
          ),
      },
    };
    this.#outlets.get(outlet)?.set(conversation, source);
    conversation.addOutlet(source);
  }

  #eventsFor(self: () => Conversation): ConversationEvents {
    const tell = (emit: (conversation: Conversation) => void): void =>
      this.#guarded(self(), () => emit(self()));
    return {
      transcript: (transcript) =>
        tell((conversation) =>
          this.emit("transcript", conversation, transcript),
        ),
      call: (call) =>
        tell((conversation) => this.emit("call", conversation, call)),
      callFault: (fault, call) =>
        tell((conversation) =>
          this.emit("callFault", conversation, fault, call),
        ),
      answered: (answer) =>
        tell((conversation) => this.emit("answered", conversation, answer)),
      interrupted: (interruption) =>
        tell((conversation) =>
          this.emit("interrupted", conversation, interruption),
        ),
      life: (event) =>
        tell((conversation) => this.emit("life", conversation, event)),
      raw: (event) =>
        tell((conversation) => this.emit("raw", conversation, event)),
      fault: (fault) =>
        tell((conversation) => this.emit("fault", conversation, fault)),
      status: () => tell((conversation) => this.emit("status", conversation)),
    };
  }

  /** What a listener throws is its own fault, and must reach neither the conversation nor the process. */
  #guarded(conversation: Conversation, run: () => void): void {
    try {
      run();
    } catch (thrown) {
      this.#reportListener(conversation, toVoiceLiveError(thrown));
    }
  }

  #reportListener(conversation: Conversation, fault: VoiceLiveError): void {
    try {
      this.emit("fault", conversation, fault);
    } catch {
      // The reporter itself fails: there is nobody left to tell, and the conversation goes on.
    }
  }

  #closeIdle(now: number): void {
    for (const conversation of this.#conversations.values()) {
      if (now - conversation.activeAt < this.#options.idleMs) continue;
      this.end(conversation.key, "idle");
    }
  }
}
