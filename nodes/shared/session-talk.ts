import { randomBytes } from "node:crypto";
import type { Node, NodeAPI } from "node-red";
import type { AudioFormat } from "../../lib/audio";
import {
  toVoiceLiveError,
  VoiceLiveError,
  type Conversation,
  type Outlet,
} from "../../lib/client";
import { closeEnded, ConversationView } from "../../lib/talk/conversation-view";
import { PAGE_CHUNK_MS, PAGE_INPUT_RATE } from "../../lib/talk/page-connection";
import {
  PageServer,
  type PageListeners,
  type TalkPage,
} from "../../lib/talk/page-server";
import { TicketOffice } from "../../lib/talk/ticket-office";
import { trustProxies } from "../../lib/talk/visitor";
import type { FlowMessage } from "./messages";
import { reportPlayed, sayTyped } from "./page-actions";
import { mountPage } from "./page-mounts";
import type { SessionNode, VoiceSession } from "./session-access";

const TYPE = "voice-live-session";
/** The button opens the page at once, but who has opened it may look at something else before they begin to talk. */
const TICKET_SECONDS = 600;
/** A person who tries things out, perhaps on two devices. */
const MAX_PAGES = 5;
/** As audio out has them. */
const LEAD_MS = 200;

/**
 * Answers `POST voice-live-session/<id>/talk` of the editor with `{path, ticket}`: a page that talks to this session without any
 * wires is at `path`, under the editor's own address, for whoever has the ticket. It is good once, and for ten minutes.
 */
export function serveSessionTalk(RED: NodeAPI): void {
  RED.httpAdmin.post(
    `/${TYPE}/:id/talk`,
    RED.auth.needsPermission(`${TYPE}.write`),
    (request, response) => {
      const node = RED.nodes.getNode(
        String(request.params["id"]),
      ) as SessionNode | null;
      try {
        response.json(talkOf(RED, node).admit());
      } catch (thrown) {
        const { code, message } = toVoiceLiveError(thrown);
        response.status(409).json({ code, message });
      }
    },
  );
}

const talks = new WeakMap<VoiceSession, SessionTalk>();

/**
 * Nothing is served before somebody has asked.
 * @throws VoiceLiveError `VOICE_LIVE_NO_SESSION` where none runs
 */
function talkOf(RED: NodeAPI, node: SessionNode | null): SessionTalk {
  const session = node?.type === TYPE ? node.voiceSession : undefined;
  if (!node || !session)
    throw new VoiceLiveError(
      "VOICE_LIVE_NO_SESSION",
      "No session of this id runs",
      { nextStep: "Deploy it first." },
    );
  const known = talks.get(session);
  if (known) return known;
  const talk = new SessionTalk(RED, node, session);
  talks.set(session, talk);
  node.on("close", (_removed: boolean, done: () => void) => {
    talk.close();
    done();
  });
  return talk;
}

/** The pages of the editor that talk to one session. */
class SessionTalk {
  readonly #node: Node;
  readonly #session: VoiceSession;
  readonly #path: string;
  readonly #office: TicketOffice;
  readonly #server: PageServer;
  readonly #view: ConversationView;
  readonly #unmount: () => void;
  /** What pages send, and are sent. */
  readonly #format: AudioFormat = {
    encoding: "signed-integer",
    bits: 16,
    sampleRate: PAGE_INPUT_RATE,
    channels: 1,
  };
  /** Code of the last fault that a page was told. */
  readonly #told = new WeakMap<TalkPage, string>();
  #removeOutlet: (() => void) | undefined;

  /** @throws VoiceLiveError `VOICE_LIVE_CONFIGURATION` when Node-RED serves no pages */
  constructor(RED: NodeAPI, node: SessionNode, session: VoiceSession) {
    this.#node = node;
    this.#session = session;
    this.#path = `${TYPE}/${node.id}/talk`;
    // Neither outlives the process: who is an administrator is asked anew.
    this.#office = new TicketOffice(randomBytes(32), this.#path);
    this.#server = new PageServer(
      {
        title: node.name ?? "",
        access: { kind: "ticket", office: this.#office },
        key: randomBytes(32),
        origins: new Set(),
        maxPages: MAX_PAGES,
        maxPagesPerAddress: MAX_PAGES,
        isTrustedProxy: trustProxies([]),
        isSimulated: session.hub.isSimulated,
      },
      this.#listeners(),
    );
    this.#unmount = mountPage(RED, "admin", this.#path, this.#server);
    this.#view = new ConversationView({
      hub: session.hub,
      pagesOf: (conversation) => this.#pagesOf(conversation),
      pages: () => this.#server.pages,
      isOperator: true,
    });
  }

  /** @returns address under the editor's, and what opens it: behind `#ticket=` */
  admit(): { readonly path: string; readonly ticket: string } {
    return {
      path: `${this.#path}/`,
      ticket: this.#office.issue(TICKET_SECONDS),
    };
  }

  close(): void {
    this.#unmount();
    this.#view.close();
    this.#server.close();
    this.#removeOutlet?.();
  }

  #listeners(): PageListeners {
    const { hub } = this.#session;
    return {
      opened: (page, _isBack, isMeant) => {
        this.#view.greet(page, this.#existing(page));
        if (isMeant) {
          this.#view.allowAgain(page);
          this.#session.allowAgain(address(page));
        }
        if (this.#session.isResting(address(page))) closeEnded(page);
      },
      left: (page) => {
        // Of a session that serves one conversation, others have it, too.
        if (!this.#session.servesOne)
          hub.end(keyOf(page), "disconnected", true);
      },
      closed: () => {},
      audio: (page, samples) =>
        this.#attempt(page, (conversation) =>
          conversation.appendAudio(samples, this.#format, PAGE_CHUNK_MS),
        ),
      audioEnd: (page) => {
        const conversation = this.#existing(page);
        const isManual = conversation?.session?.turn_detection === null;
        conversation?.endOfSpeech(isManual ? "respond" : "nothing");
      },
      text: (page, payload) => {
        this.#told.delete(page);
        this.#attempt(page, (conversation) => sayTyped(conversation, payload));
      },
      interrupt: (page) => this.#existing(page)?.interrupt(),
      played: (page, position) => reportPlayed(this.#existing(page), position),
      changed: () => {
        const isWanted = this.#server.pages.length > 0;
        if (isWanted) this.#removeOutlet ??= hub.addOutlet(this.#outlet());
        else {
          this.#removeOutlet?.();
          this.#removeOutlet = undefined;
        }
      },
      refused: (line) => this.#node.warn(line),
      fault: (thrown) => this.#node.error(toVoiceLiveError(thrown)),
    };
  }

  /** What fails fails for each frame of a microphone; it is told once. */
  #attempt(page: TalkPage, run: (conversation: Conversation) => void): void {
    try {
      run(this.#begun(page));
    } catch (thrown) {
      const fault = toVoiceLiveError(thrown);
      if (this.#told.get(page) === fault.code) return;
      this.#told.set(page, fault.code);
      this.#view.showFault(page, fault);
      this.#node.error(fault);
    }
  }

  #outlet(): Outlet {
    return {
      options: {
        mode: "paced",
        leadMs: LEAD_MS,
        chunkMs: PAGE_CHUNK_MS,
        sampleRate: PAGE_INPUT_RATE,
      },
      audio: (conversation, { pcm, position, startMs }) => {
        const { key, generation } = conversation;
        const { responseId, itemId } = position;
        const place = {
          conversation: key,
          generation,
          responseId,
          itemId,
          startMs,
        };
        for (const page of this.#pagesOf(conversation))
          page.play({ pcm, rate: PAGE_INPUT_RATE, place });
      },
      playback: (conversation, { event }) => {
        if (event !== "end") return;
        for (const page of this.#pagesOf(conversation)) page.endSound();
      },
    };
  }

  #begun(page: TalkPage): Conversation {
    // One whose conversation was ended is closed: what comes is meant.
    const conversation = this.#session.conversationOf(address(page));
    // Replies of a conversation of the page's own must not go to all devices of the flow.
    if (!this.#session.servesOne)
      this.#session.remember(conversation, address(page));
    return conversation;
  }

  #existing(page: TalkPage): Conversation | undefined {
    return this.#session.existing(address(page));
  }

  #pagesOf({ key }: Conversation): readonly TalkPage[] {
    if (this.#session.servesOne) return this.#server.pages;
    return this.#server.pages.filter((page) => keyOf(page) === key);
  }
}

function keyOf({ id }: TalkPage): string {
  return `editor-${id}`;
}

/** By the key itself: a session may name its callers by anything. */
function address(page: TalkPage): FlowMessage {
  return {
    voice: { conversation: keyOf(page) },
    _session: { type: "voice-live-editor", id: keyOf(page) },
  };
}
