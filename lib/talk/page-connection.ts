import type { WebSocket, RawData } from "ws";
import { Allowance } from "../allowance";
import type { CloseName } from "./page-access";
import { readPageMessage } from "./page-messages";
import {
  PAGE_CLOSE,
  PAGE_PROTOCOL,
  type Hello,
  type NodeMessage,
  type PageMessage,
  type Welcome,
} from "./page-protocol";
import {
  PageStreams,
  type PageSound,
  type PlayedPosition,
} from "./page-streams";

/** Hz of what a page sends: what the service takes as it is. */
export const PAGE_INPUT_RATE = 24_000;
/** Length of one audio frame of a page. */
export const PAGE_CHUNK_MS = 40;

/** The page speaks as soon as its socket is open. */
const HELLO_LIMIT_MS = 5_000;
/** What a network delivers at once that was stalled, or to a Node-RED that stood still. */
const STALL_SECONDS = 20;
/** A page sends 25 frames and as many played reports in a second. */
const MESSAGES = { perSecond: 200, most: 100 * STALL_SECONDS };
/** Twice as fast as it sounds. */
const AUDIO = {
  perSecond: 2 * 2 * PAGE_INPUT_RATE,
  most: STALL_SECONDS * 2 * PAGE_INPUT_RATE,
};
/** More than a second of audio, and any text. */
export const MAX_FRAME_BYTES = 64 * 1_024;
/** Of what waits for a page: 44 s of speech; sound beyond it is dropped and counted. */
const MAX_SOUND_WAITING = 2 * 1_024 * 1_024;
/** A page that takes nothing at all. */
const MAX_WAITING = 8 * 1_024 * 1_024;
/** Twice without an answer, and the page is gone. */
const HEARTBEAT_MS = 20_000;

export interface PageEvents {
  /** The first message; nothing is read until it is answered by `welcome` or `close`. */
  hello(hello: Hello): void;
  /** Whole samples, own memory. */
  audio(samples: Buffer): void;
  audioEnd(): void;
  text(text: string): void;
  interrupt(): void;
  leave(): void;
  played(position: PlayedPosition): void;
  /** @param refusal - why we closed it, where that was the page's own doing */
  closed(refusal: string | undefined): void;
}

/**
 * One socket of a page.
 *
 *     waiting ── hello ──▶ asking ── welcome ──▶ open ──▶ closed
 *        └── 5 s, anything else ──────────────────────────▶
 */
export class PageConnection {
  readonly #socket: WebSocket;
  readonly #events: PageEvents;
  readonly #messages = new Allowance(
    MESSAGES.perSecond,
    MESSAGES.most,
    performance.now(),
  );
  readonly #audio = new Allowance(
    AUDIO.perSecond,
    AUDIO.most,
    performance.now(),
  );
  readonly #streams = new PageStreams();
  #state: "waiting" | "asking" | "open" | "closed" = "waiting";
  #helloTimer: NodeJS.Timeout | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #missedBeats = 0;
  #generation = 0;
  #droppedBytes = 0;
  #refusal: string | undefined;

  constructor(socket: WebSocket, events: PageEvents) {
    this.#socket = socket;
    this.#events = events;
    socket.on("message", (data, isBinary) => this.#onFrame(data, isBinary));
    socket.on("ping", () => this.#onPing());
    socket.on("pong", () => (this.#missedBeats = 0));
    socket.on("error", (error) => this.#onError(error));
    socket.on("close", () => this.#onClosed());
    this.#helloTimer = setTimeout(
      () => this.refuse("silent", "No hello within 5 seconds"),
      HELLO_LIMIT_MS,
    );
  }

  /** Sound that was not sent because the page takes it too slowly. */
  get droppedBytes(): number {
    return this.#droppedBytes;
  }

  get isOpen(): boolean {
    return this.#state === "open";
  }

  /** Lets the page in. */
  welcome(
    welcome: Pick<Welcome, "title" | "resume" | "resumed" | "isSimulated">,
  ): void {
    if (this.#state !== "asking") return;
    this.#state = "open";
    this.send({
      type: "welcome",
      ...welcome,
      inputRate: PAGE_INPUT_RATE,
      chunkMs: PAGE_CHUNK_MS,
    });
    this.#socket.resume();
    this.#heartbeat = setInterval(() => this.#beat(), HEARTBEAT_MS);
  }

  send(message: NodeMessage): void {
    if (this.#state !== "open" || this.#isStuck()) return;
    this.#socket.send(JSON.stringify(message));
  }

  play(sound: PageSound): void {
    if (this.#state !== "open" || sound.pcm.length === 0 || this.#isStuck())
      return;
    if (this.#socket.bufferedAmount > MAX_SOUND_WAITING) {
      this.#droppedBytes += sound.pcm.length;
      this.#streams.end();
      return;
    }
    const { begin, frame } = this.#streams.frame(sound, this.#generation);
    if (begin) this.send(begin);
    this.#socket.send(frame);
  }

  /** Nothing more comes for what is being played. */
  endSound(): void {
    const stream = this.#streams.end();
    if (stream !== undefined) this.send({ type: "audio-end", stream });
  }

  /** What was sent so far is not to be heard any more. */
  flush(): void {
    this.#generation += 1;
    this.#streams.end();
    this.send({ type: "flush", generation: this.#generation });
  }

  /** Closes for a reason that is not the page's doing. */
  close(name: CloseName, reason: string): void {
    if (this.#state === "closed") return;
    this.#stop();
    this.#socket.close(PAGE_CLOSE[name], reason);
  }

  /** Closes for what the page has done; it is counted. */
  refuse(name: CloseName, reason: string, advice?: string): void {
    if (this.#state === "closed") return;
    this.#refusal = reason;
    this.close(name, advice ? `${reason}. ${advice}` : reason);
  }

  #stop(): void {
    this.#state = "closed";
    clearTimeout(this.#helloTimer);
    clearInterval(this.#heartbeat);
    // Nothing of it is read any more, but its own closing frame has to be.
    this.#socket.resume();
  }

  #onFrame(data: RawData, isBinary: boolean): void {
    if (this.#state === "closed" || this.#isTooFast()) return;
    // `nodebuffer` is the socket's binary type.
    const frame = data as Buffer;
    if (frame.length > MAX_FRAME_BYTES)
      return this.refuse(
        "oversize",
        `A frame has more than ${MAX_FRAME_BYTES / 1_024} KiB`,
      );
    if (isBinary) return this.#onAudio(frame);
    const message = readPageMessage(frame.toString("utf8"));
    if (!message)
      return this.refuse("malformed", "A message is not of this protocol");
    if (this.#state === "open") return this.#onMessage(message);
    this.#onFirst(message);
  }

  #onFirst(message: PageMessage): void {
    if (message.type !== "hello" || this.#state === "asking")
      return this.refuse("malformed", "A page says hello first, and once");
    if (message.version !== PAGE_PROTOCOL)
      return this.close("outdated", "Load the page again");
    clearTimeout(this.#helloTimer);
    this.#state = "asking";
    this.#socket.pause();
    this.#events.hello(message);
  }

  #onMessage(message: PageMessage): void {
    switch (message.type) {
      case "hello":
        return this.refuse("malformed", "A page says hello first, and once");
      case "ping":
        return this.send({ type: "pong", at: message.at });
      case "audio-end":
        return this.#events.audioEnd();
      case "interrupt":
        return this.#events.interrupt();
      case "leave":
        return this.#events.leave();
      case "text":
        return this.#events.text(message.text);
      case "played": {
        const position = this.#streams.position(
          message.stream,
          message.samples,
        );
        if (position) this.#events.played(position);
      }
    }
  }

  #onAudio(frame: Buffer): void {
    if (this.#state !== "open")
      return this.refuse("malformed", "Audio came before hello");
    if (frame.length === 0 || frame.length % 2 !== 0)
      return this.refuse("malformed", "An audio frame ends inside a sample");
    if (!this.#audio.take(frame.length, performance.now()))
      return this.refuse("tooFast", "Audio comes faster than it sounds");
    // The frame may lie in a larger piece of what the network has delivered.
    this.#events.audio(Buffer.from(frame));
  }

  /** Browsers send none; who floods with them does not wait for a closing frame either. */
  #onPing(): void {
    if (this.#state !== "closed" && this.#isTooFast()) this.#socket.terminate();
  }

  #isTooFast(): boolean {
    if (this.#messages.take(1, performance.now())) return false;
    this.refuse("tooFast", "Too many messages in a second");
    return true;
  }

  #isStuck(): boolean {
    if (this.#socket.bufferedAmount <= MAX_WAITING) return false;
    this.refuse("slow", "The page takes nothing of what it is sent");
    // What waits in front of the closing frame would keep it from ever being sent.
    this.#socket.terminate();
    return true;
  }

  #beat(): void {
    if (this.#missedBeats >= 2) return this.#socket.terminate();
    this.#missedBeats += 1;
    this.#socket.ping();
  }

  /** Frames that break the rules of WebSocket itself, or its bounds: ws closes the socket with a code of its own. */
  #onError(error: Error & { readonly code?: unknown }): void {
    if (String(error.code).startsWith("WS_ERR_"))
      this.#refusal ??= "A frame breaks the rules of WebSocket";
  }

  #onClosed(): void {
    this.#stop();
    this.#events.closed(this.#refusal);
  }
}
