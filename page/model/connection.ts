import {
  type NodeMessage,
  PAGE_PROTOCOL,
  type PageMessage,
  type PlayedReport,
  STREAM_HEADER_BYTES,
  type Welcome,
} from "../../lib/talk/page-protocol";
import { readNodeMessage } from "./node-messages";
import { Reconnect, type StopReason, type SecretProblem } from "./reconnect";

/** What is used of a WebSocket. */
export interface Socket {
  binaryType: string;
  readonly bufferedAmount: number;
  onopen: (() => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onclose: ((event: { readonly code: number }) => void) | null;
  send(data: string | ArrayBufferView<ArrayBuffer>): void;
  close(): void;
}

export type Phase =
  | { readonly kind: "connecting" }
  | { readonly kind: "open" }
  | { readonly kind: "waiting"; readonly isCrowded: boolean }
  | { readonly kind: "secret"; readonly problem: SecretProblem }
  | { readonly kind: "stopped"; readonly reason: StopReason }
  /** The user has ended it. */
  | { readonly kind: "left" };

export interface ConnectionOptions {
  readonly connect: () => Socket;
  readonly language: () => string;
  /** A ticket, where the page's address had one. */
  readonly secret?: string | undefined;
  readonly now: () => number;
  readonly random: () => number;
  readonly onPhase: (phase: Phase) => void;
  readonly onWelcome: (welcome: Welcome) => void;
  readonly onMessage: (message: NodeMessage) => void;
  readonly onAudio: (stream: number, pcm: Int16Array<ArrayBuffer>) => void;
}

const PING_MS = 10_000;
/** A node that is busy answers within a second; a network that is gone never does. */
const PONG_WITHIN_MS = 8_000;
/** Handshake and welcome; the node itself gives up a silent page after 5 s. */
const WELCOME_WITHIN_MS = 10_000;
/** A second of 24 kHz PCM16: what is later than that is no talk any more. */
const MOST_BUFFERED_BYTES = 48_000;

/**
 * The page's end of the wire. It says hello, keeps the socket alive, and comes back by itself with what `resume` proves, until it is
 * told to leave or why it cannot.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #reconnect: Reconnect;
  #socket: Socket | undefined;
  #secret: string | undefined;
  #resume: string | undefined;
  /** The conversation was ended, and the user asks for another. */
  #isAgain = false;
  #isOpen = false;
  #ping: ReturnType<typeof setInterval> | undefined;
  #deadline: ReturnType<typeof setTimeout> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #droppedFrames = 0;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#secret = options.secret;
    this.#reconnect = new Reconnect(options.random);
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Frames of the microphone that were not sent because the network was behind. */
  get droppedFrames(): number {
    return this.#droppedFrames;
  }

  /** Connects; also after `left`, `stopped` and, with a new secret, after `secret`. */
  start(secret?: string): void {
    if (secret !== undefined) this.#secret = secret;
    clearTimeout(this.#retry);
    this.#drop();
    this.#open();
  }

  /** The same after `stopped`, at the user's word. */
  again(): void {
    this.#isAgain = true;
    this.start();
  }

  /** Ends the conversation; the next `start` begins another. */
  leave(): void {
    clearTimeout(this.#retry);
    this.send({ type: "leave" });
    this.#drop();
    this.#resume = undefined;
    this.#options.onPhase({ kind: "left" });
  }

  /** The page is put aside: it lets go, and `start` goes on with the same conversation. */
  pause(): void {
    clearTimeout(this.#retry);
    this.#drop();
  }

  /** The network is back, says the browser: no need to wait. */
  hurry(): void {
    if (this.#retry !== undefined) this.start();
  }

  /** @returns false where there is no connection */
  send(message: PageMessage): boolean {
    if (!this.#isOpen) return false;
    this.#socket?.send(JSON.stringify(message));
    return true;
  }

  sendAudio(pcm: Int16Array<ArrayBuffer>): void {
    if (!this.#isOpen || !this.#socket) return;
    if (this.#socket.bufferedAmount > MOST_BUFFERED_BYTES)
      this.#droppedFrames += 1;
    else this.#socket.send(pcm);
  }

  sendPlayed(report: Omit<PlayedReport, "type">): void {
    this.send({ type: "played", ...report });
  }

  #open(): void {
    this.#retry = undefined;
    this.#options.onPhase({ kind: "connecting" });
    const socket = this.#options.connect();
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.#hello(socket);
    socket.onmessage = ({ data }) => this.#take(data);
    socket.onclose = ({ code }) => this.#closed(code);
    this.#socket = socket;
    this.#expectWithin(WELCOME_WITHIN_MS);
  }

  #hello(socket: Socket): void {
    const hello: PageMessage = {
      type: "hello",
      version: PAGE_PROTOCOL,
      language: this.#options.language(),
      ...(this.#secret !== undefined && { secret: this.#secret }),
      ...(this.#resume !== undefined && { resume: this.#resume }),
      ...(this.#isAgain && { isAgain: true }),
    };
    socket.send(JSON.stringify(hello));
  }

  #take(data: unknown): void {
    if (data instanceof ArrayBuffer) this.#takeAudio(data);
    else if (typeof data === "string") this.#takeMessage(readNodeMessage(data));
  }

  #takeAudio(frame: ArrayBuffer): void {
    const samples = (frame.byteLength - STREAM_HEADER_BYTES) / 2;
    if (samples <= 0 || !Number.isInteger(samples)) return;
    const stream = new DataView(frame).getUint32(0, true);
    this.#options.onAudio(stream, new Int16Array(frame, STREAM_HEADER_BYTES));
  }

  #takeMessage(message: NodeMessage | undefined): void {
    if (message?.type === "pong") clearTimeout(this.#deadline);
    else if (message?.type === "welcome") this.#welcome(message);
    else if (message && this.#isOpen) this.#options.onMessage(message);
  }

  #welcome(welcome: Welcome): void {
    clearTimeout(this.#deadline);
    this.#reconnect.welcomed();
    this.#resume = welcome.resume;
    this.#isAgain = false;
    this.#isOpen = true;
    this.#ping = setInterval(() => this.#sendPing(), PING_MS);
    this.#options.onWelcome(welcome);
    this.#options.onPhase({ kind: "open" });
  }

  #sendPing(): void {
    this.send({ type: "ping", at: this.#options.now() });
    this.#expectWithin(PONG_WITHIN_MS);
  }

  /** A socket whose other end is gone may take minutes to say so. */
  #expectWithin(ms: number): void {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.#closed(1006), ms);
  }

  #closed(code: number): void {
    this.#drop();
    const step = this.#reconnect.closed(code, this.#secret !== undefined);
    if (step.kind === "retry") {
      this.#options.onPhase({ kind: "waiting", isCrowded: step.isCrowded });
      this.#retry = setTimeout(() => this.#open(), step.afterMs);
    } else if (step.kind === "ask-secret") {
      this.#secret = undefined;
      this.#options.onPhase({ kind: "secret", problem: step.problem });
    } else this.#options.onPhase({ kind: "stopped", reason: step.reason });
  }

  /** What this socket still says counts no more. */
  #drop(): void {
    this.#isOpen = false;
    clearInterval(this.#ping);
    clearTimeout(this.#deadline);
    const socket = this.#socket;
    this.#socket = undefined;
    if (!socket) return;
    socket.onopen = null;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
  }
}
