import type { Node, NodeAPI, NodeStatus } from "node-red";
import { BoundedMap } from "../../lib/bounded-map";
import {
  toVoiceLiveError,
  VoiceLiveError,
  type Conversation,
} from "../../lib/client";
import { closeEnded, ConversationView } from "../../lib/talk/conversation-view";
import { PAGE_INPUT_RATE } from "../../lib/talk/page-connection";
import {
  PageServer,
  type PageListeners,
  type TalkPage,
} from "../../lib/talk/page-server";
import {
  DEFAULT_TICKET_SECONDS,
  MAX_TICKET_SECONDS,
} from "../../lib/talk/ticket-office";
import { isRecord, readNumber, readVoice, type FlowMessage } from "./messages";
import { reportPlayed, sayTyped } from "./page-actions";
import { mountPage } from "./page-mounts";
import { PageSoundReader } from "./page-sound";
import type { Membership, VoiceSession } from "./session-access";
import { settle } from "./settle";
import { lookOfFault, statusText } from "./status";
import { readTalkInput, type TalkInput } from "./talk-input";
import type { TalkSettings } from "./talk-settings";
import { audioProperties, type WriterSettings } from "./write-audio";

const TYPE = "voice-live-talk";
/** A message takes milliseconds through a flow. */
const ON_WIRES_MS = 1_000;

/** How the microphone's audio leaves: as pages send it. */
const WRITER: WriterSettings = {
  rate: PAGE_INPUT_RATE,
  encoding: "signed-integer",
  format: "raw",
  as: "buffer",
};

/** The pages of one node, between the flow and the session. */
export class TalkPages {
  readonly #RED: NodeAPI;
  readonly #node: Node;
  readonly #session: VoiceSession;
  readonly #settings: TalkSettings;
  readonly #server: PageServer;
  readonly #view: ConversationView;
  readonly #readers = new WeakMap<TalkPage, PageSoundReader>();
  /** How many messages came for pages that were away, by page. */
  readonly #missed = new BoundedMap<string, number>(MAX_AWAY);
  readonly #foreignCalls = new Set<string>();
  /** Conversations that their users have ended, by page. */
  readonly #leaving = new Map<string, NodeJS.Timeout>();
  /** Of the last message, until the next good one. */
  #fault: VoiceLiveError | undefined;
  #shown = "";

  constructor(
    RED: NodeAPI,
    node: Node,
    session: VoiceSession,
    settings: TalkSettings,
  ) {
    this.#RED = RED;
    this.#node = node;
    this.#session = session;
    this.#settings = settings;
    this.#server = new PageServer(
      { ...settings, isSimulated: session.hub.isSimulated },
      this.#listeners(),
    );
    this.#view = new ConversationView({
      hub: session.hub,
      pagesOf: (conversation) => this.#pagesOf(conversation),
      pages: () => this.#server.pages,
      isOperator: settings.access.kind === "loopback",
    });
  }

  /**
   * Serves them until the node closes.
   * @throws VoiceLiveError `VOICE_LIVE_CONFIGURATION` when the path is taken
   */
  open({ onClose }: Membership): void {
    onClose(() => {
      for (const id of this.#leaving.keys()) this.#end(id);
      this.#view.close();
      this.#server.close();
    });
    onClose(mountPage(this.#RED, "node", this.#settings.path, this.#server));
    this.#node.on("input", (msg, send, done) => {
      this.#fault = undefined;
      const take = (): void => this.#take(msg, (each) => send(each));
      settle(this.#node, done, take, (fault) => (this.#fault = fault));
      this.#showStatus();
    });
    this.#showStatus();
  }

  // ── from the pages ──

  #listeners(): PageListeners {
    return {
      opened: (page, isBack, isMeant) => {
        this.#view.greet(page, this.#conversationOf(page));
        const missed = this.#missed.get(page.id) ?? 0;
        this.#missed.delete(page.id);
        this.#tellFlow(page, "open", { isBack, missed });
        if (isMeant) this.#allowAgain(page);
        if (this.#isResting(page)) closeEnded(page);
      },
      left: (page) => this.#endSoon(page.id),
      closed: (page) => this.#tellFlow(page, "close", {}),
      audio: (page, samples) =>
        this.#node.send({
          ...audioProperties(samples, WRITER),
          ...sessionOf(page),
        }),
      audioEnd: (page) =>
        this.#node.send({
          ...audioProperties(Buffer.alloc(0), WRITER),
          event: "end",
          ...sessionOf(page),
        }),
      text: (page, words) => this.#say(page, words),
      interrupt: (page) => this.#conversationOf(page)?.interrupt(),
      played: (page, position) =>
        reportPlayed(this.#conversationOf(page), position),
      changed: () => this.#showStatus(),
      refused: (line) => this.#node.warn(line),
      fault: (thrown) => this.#node.error(toVoiceLiveError(thrown), {}),
    };
  }

  #tellFlow(
    page: TalkPage,
    topic: "open" | "close",
    more: Readonly<Record<string, unknown>>,
  ): void {
    const { id, address } = page;
    const payload = { id, address, ...more };
    this.#node.send([null, { topic, payload, ...sessionOf(page) }]);
  }

  /** Its last words may still be on wires, and would begin a conversation of their own. */
  #endSoon(id: string): void {
    clearTimeout(this.#leaving.get(id));
    this.#leaving.set(
      id,
      setTimeout(() => this.#end(id), ON_WIRES_MS),
    );
  }

  /** Only a conversation that is this page's alone has the page's id for its key; nobody comes back under it. */
  #end(id: string): void {
    clearTimeout(this.#leaving.get(id));
    this.#leaving.delete(id);
    this.#session.hub.end(id, "disconnected", true);
  }

  #say(page: TalkPage, payload: string): void {
    const msg = { payload, ...sessionOf(page) };
    try {
      const conversation = this.#session.conversationOf(msg);
      this.#session.remember(conversation, msg);
      sayTyped(conversation, payload);
    } catch (thrown) {
      const fault = toVoiceLiveError(thrown);
      this.#view.showFault(page, fault);
      this.#node.error(fault, msg);
    }
  }

  // ── from the flow ──

  #take(msg: FlowMessage, send: (msgs: FlowMessage[]) => void): void {
    const input = readTalkInput(msg);
    if (input.kind === "ticket") return this.#issueTicket(msg, send);
    const pages = this.#pagesFor(msg);
    for (const page of pages) this.#deliver(page, msg, input);
    if (pages.length === 0) this.#miss(msg);
  }

  /** A page that loses its network is no error of the flow. */
  #miss(msg: FlowMessage): void {
    const home = msg["_session"];
    const id = isRecord(home) ? home["id"] : readVoice(msg)["conversation"];
    if (typeof id !== "string") return;
    this.#missed.set(id, (this.#missed.get(id) ?? 0) + 1);
  }

  #deliver(page: TalkPage, msg: FlowMessage, input: TalkInput): void {
    switch (input.kind) {
      case "sound":
        return this.#play(page, msg);
      case "playback":
        if (input.event === "flush") this.#flush(page, msg);
        if (input.event === "end") page.endSound();
        return;
      case "interruption":
        return this.#flush(page, msg);
      case "call":
        return this.#showCall(page, msg, input.callId);
      case "show":
        if (!input.isOfSession || !this.#isOfSession(msg))
          page.send(input.message);
        return;
      default:
        return;
    }
  }

  #play(page: TalkPage, msg: FlowMessage): void {
    const age = ageOf(msg);
    if (age && !this.#view.isCurrent(page, age)) return;
    const reader = this.#readers.get(page) ?? new PageSoundReader();
    this.#readers.set(page, reader);
    const { sound, isEnd } = reader.read(msg);
    page.play(sound);
    if (isEnd) page.endSound();
  }

  #flush(page: TalkPage, msg: FlowMessage): void {
    const age = ageOf(msg);
    if (age) this.#view.flush(page, age);
    else page.flush();
  }

  /** Of another session: the first message about a call is the call, the next its result. */
  #showCall(page: TalkPage, msg: FlowMessage, id: string): void {
    const { topic, payload } = msg;
    const conversation = String(readVoice(msg)["conversation"]);
    if (this.#view.knowsCall(conversation, id)) return;
    const isFirst = !this.#foreignCalls.has(id);
    if (isFirst && typeof topic === "string") {
      this.#remember(id);
      return page.send({ type: "call", id, name: topic, arguments: payload });
    }
    page.send({
      type: "call-result",
      id,
      output: typeof payload === "string" ? payload : writeJson(payload),
      failed: false,
    });
  }

  #remember(callId: string): void {
    this.#foreignCalls.add(callId);
    const [oldest] = this.#foreignCalls;
    if (this.#foreignCalls.size > MAX_FOREIGN_CALLS && oldest !== undefined)
      this.#foreignCalls.delete(oldest);
  }

  #issueTicket(msg: FlowMessage, send: (msgs: FlowMessage[]) => void): void {
    const { office } = this.#settings;
    if (!office)
      throw new VoiceLiveError(
        "VOICE_LIVE_CONFIGURATION",
        "This talk page takes no tickets",
        { nextStep: "Choose «ticket» as its access, then deploy." },
      );
    const seconds = readNumber(msg, "seconds", DEFAULT_TICKET_SECONDS, {
      min: 1,
      max: MAX_TICKET_SECONDS,
    });
    send([null, { ...msg, payload: office.issue(seconds) }] as FlowMessage[]);
  }

  // ── who is who ──

  #pagesFor(msg: FlowMessage): readonly TalkPage[] {
    const home = msg["_session"];
    if (isRecord(home))
      return home["type"] === TYPE ? this.#pagesNamed(home["id"]) : [];
    if (this.#session.servesOne) return this.#server.pages;
    const { conversation } = readVoice(msg);
    if (typeof conversation === "string") return this.#pagesNamed(conversation);
    throw new VoiceLiveError("VOICE_LIVE_KEY", "The message names no page", {
      nextStep: "Keep msg._session as the talk page sent it.",
    });
  }

  #pagesNamed(id: unknown): readonly TalkPage[] {
    const page = typeof id === "string" ? this.#server.page(id) : undefined;
    return page ? [page] : [];
  }

  /** By the key, or, where that is another, by what the conversation carries home. */
  #pagesOf(conversation: Conversation): readonly TalkPage[] {
    const page = this.#server.page(conversation.key);
    if (page) return [page];
    const msg = this.#session.message(conversation, {});
    if (msg["_session"] !== undefined) return this.#pagesFor(msg);
    return this.#session.servesOne ? this.#server.pages : [];
  }

  /** @returns undefined also where the session knows callers by something else than their socket */
  #conversationOf(page: TalkPage): Conversation | undefined {
    try {
      return this.#session.existing(sessionOf(page));
    } catch {
      return this.#session.hub.conversations.find((each) =>
        this.#pagesOf(each).includes(page),
      );
    }
  }

  /** Its user has asked for a conversation; it has not only come back by itself. */
  #allowAgain(page: TalkPage): void {
    this.#view.allowAgain(page);
    try {
      this.#session.allowAgain(sessionOf(page));
    } catch {
      // The session knows callers by something else than their page.
    }
  }

  /** Its conversation was ended meanwhile, which its user has to know. */
  #isResting(page: TalkPage): boolean {
    try {
      return this.#session.isResting(sessionOf(page));
    } catch {
      // The session knows callers by something else than their page.
      return false;
    }
  }

  #isOfSession(msg: FlowMessage): boolean {
    const { conversation } = readVoice(msg);
    return (
      typeof conversation === "string" &&
      this.#session.hub.get(conversation) !== undefined
    );
  }

  #showStatus(): void {
    const look = this.#fault ? this.#lookOfFault(this.#fault) : this.#look();
    const shown = JSON.stringify(look);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#node.status(look);
  }

  #lookOfFault(fault: VoiceLiveError): Look {
    const { fill, shape, key } = lookOfFault(fault);
    return { fill, shape, text: statusText(this.#RED, key) };
  }

  #look(): Look {
    const { pages, refusals } = this.#server;
    const key = refusals > 0 ? "refused" : "pages";
    const text = this.#RED._(`${TYPE}.status.${key}`, {
      n: pages.length,
      at: `/${this.#settings.path}`,
      no: refusals,
    });
    return pages.length > 0
      ? { fill: "green", shape: "dot", text }
      : { fill: "grey", shape: "ring", text };
  }
}

type Look = NodeStatus & { readonly text: string };

/** Pages that may come back, whose missed messages are counted. */
const MAX_AWAY = 1_000;
/** Results of older calls come too late to be of interest. */
const MAX_FOREIGN_CALLS = 500;

function sessionOf({ id }: TalkPage): {
  readonly _session: { readonly type: string; readonly id: string };
} {
  return { _session: { type: TYPE, id } };
}

function ageOf(
  msg: FlowMessage,
): { conversation: string; sessionId: string; generation: number } | undefined {
  const { conversation, sessionId, generation } = readVoice(msg);
  return typeof conversation === "string" &&
    typeof sessionId === "string" &&
    typeof generation === "number"
    ? { conversation, sessionId, generation }
    : undefined;
}

function writeJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "null";
  } catch {
    return String(value);
  }
}
