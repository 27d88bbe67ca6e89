import type { ClientRequest, IncomingMessage } from "node:http";
import type { createConnection, Socket } from "node:net";
import type { ConnectionOptions } from "node:tls";
import WebSocket from "ws";
import { Lane } from "./burst";
import {
  diagnoseClose,
  diagnoseSocket,
  diagnoseUpgrade,
  faultOf,
  hostOf,
} from "./diagnosis";
import { VoiceLiveError } from "./errors";
import { openFilteredSocket } from "./filtered-socket";
import type { FrameTaker } from "./frame-filter";
import { readRetryAfterMs } from "./retry-after";
import type { ConnectOptions } from "./service-access";
import type { AudioWire } from "./short-way";

/** Avatar video and retrieved audio can be large (protocol.md §2.5). */
const MAX_RECEIVED_BYTES = 16 * 1024 * 1024;
/** Enough for 16 MiB in pieces of 4 KiB; each piece, however small, takes memory until the message is whole. */
const MAX_FRAGMENTS = 4_096;
/** The SDK waits 30 s; a user at a microphone does not. */
const HANDSHAKE_TIMEOUT_MS = 15_000;
const PING_EVERY_MS = 15_000;
/** A link that goes dead right after a pong is found at the next ping: 15 s + 10 s, 25 s at the latest. */
const ANSWER_WITHIN_MS = 10_000;
/** The service may take more than a second to echo a close (protocol.md §2.6). */
const CLOSE_GRACE_MS = 2_000;
/** A flow that sends more than the link takes must not fill the memory; as much as may come in may go out. */
const MAX_UNSENT_BYTES = MAX_RECEIVED_BYTES;
/** Enough of an error body to name the cause. */
const MAX_BODY_BYTES = 4_096;

export interface TransportTarget {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly connect?: ConnectOptions | undefined;
}

export interface TransportListeners {
  opened(): void;
  /** Is shown each text frame before it is read; what it does not take is read, and `received`. */
  readonly taker?: FrameTaker;
  /** One message, text or binary, as it came. */
  received(data: Buffer): void;
  /** Called exactly once, after which nothing else is called. */
  closed(fault: VoiceLiveError): void;
  /** A socket that was behind has taken all that was sent; held audio may follow. */
  drained(): void;
}

/** A message in too many pieces is too big, like one of too many bytes; ws calls it a breach of policy. */
class ClientSocket extends WebSocket {
  /** On the socket below, from the answer of 101 on. */
  lane: Lane | undefined;

  /** Nothing may follow a close, whichever side begins it. */
  override close(code?: number, data?: string | Buffer): void {
    this.lane?.end();
    super.close(code === POLICY ? TOO_BIG : code, data);
  }
}

const POLICY = 1008;
const TOO_BIG = 1009;

/**
 * One WebSocket's life: handshake, keep-alive, close that never hangs.
 *
 *     connecting ──opened──▶ open ──close()──▶ closing ──peer's close or 2 s──▶ closed
 *         └────────── refused, error, dead peer, peer's close ────────────────▶ closed
 */
export class Transport implements FrameTaker {
  readonly #socket: ClientSocket;
  readonly #taker: FrameTaker | undefined;
  readonly #listeners: TransportListeners;
  readonly #agent: ConnectOptions["agent"];
  readonly #host: string;
  /** Messages, and all else that shows that the peer lives. */
  #signsOfLife = 0;
  #keepAlive: NodeJS.Timeout | undefined;
  #answerDue: NodeJS.Timeout | undefined;
  #grace: NodeJS.Timeout | undefined;
  readonly #handshake: NodeJS.Timeout;
  #fault: VoiceLiveError | undefined;
  /** The host has answered 101; what else it said is being checked. */
  #isUpgrading = false;
  #closed = false;

  constructor(target: TransportTarget, listeners: TransportListeners) {
    this.#listeners = listeners;
    this.#taker = listeners.taker;
    this.#agent = target.connect?.agent;
    this.#host = hostOf(new URL(target.url));
    this.#socket = new ClientSocket(target.url, {
      ...target.connect,
      headers: {
        "User-Agent": "voicewire-node-red-voice-live",
        ...target.headers,
      },
      followRedirects: false,
      maxPayload: MAX_RECEIVED_BYTES,
      maxFragments: MAX_FRAGMENTS,
      perMessageDeflate: false,
      // Not asked where there is an agent, which opens a tunnel.
      createConnection: ((options: ConnectionOptions) =>
        openFilteredSocket(
          options,
          target.url.startsWith("wss:"),
          this,
        )) as typeof createConnection,
    });
    this.#handshake = setTimeout(
      () => this.terminate(faultOf("handshake-silent", { said: this.#host })),
      HANDSHAKE_TIMEOUT_MS,
    );
    this.#socket.on("unexpected-response", (request, response) =>
      this.#onRefused(request, response),
    );
    this.#socket.on("upgrade", ({ socket }) => this.#onUpgrade(socket));
    this.#socket.on("open", () => this.#onOpen());
    this.#socket.on("message", (data) => this.#onMessage(data));
    this.#socket.on("ping", () => this.#heard());
    this.#socket.on("pong", () => this.#heard());
    this.#socket.on("error", (cause) => this.#onError(cause));
    this.#socket.on("close", (code, reason) =>
      this.#finish(this.#fault ?? diagnoseClose(code, reason.toString("utf8"))),
    );
  }

  /** Bytes handed to the socket that the kernel has not taken. */
  get bufferedBytes(): number {
    return this.#socket.lane?.bufferedBytes ?? 0;
  }

  /** Takes audio in the session's input format, once the socket is open; what is sent behind the end is dropped. */
  get wire(): AudioWire | undefined {
    return this.#socket.lane;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  get isPaused(): boolean {
    return this.#socket.isPaused;
  }

  /**
   * Sends one text message. Does nothing on a socket that is not open: its end is reported by `closed`.
   * @throws VoiceLiveError `VOICE_LIVE_LIMIT` when too much waits to be sent
   */
  send(text: string): void {
    if (!this.isOpen) return;
    this.#expectRoom();
    this.#socket.lane?.expectWrites();
    this.#socket.send(text);
  }

  /** A text frame, before it is read. @returns true when it is taken */
  take(frame: Buffer): boolean {
    if (!this.isOpen || !this.#taker?.take(frame)) return false;
    this.#heard();
    return true;
  }

  /** Stops reading, so that the peer is held back instead of our memory filled. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    // A paused socket hears nothing; its silence is not the peer's.
    this.#signsOfLife++;
    this.#socket.resume();
  }

  /** Ends the socket politely, within two seconds whatever the peer does. May be called twice. */
  close(): void {
    if (this.#closed || this.#grace) return;
    if (this.#socket.readyState === WebSocket.CONNECTING)
      return this.#socket.terminate();
    this.#grace = setTimeout(() => this.#socket.terminate(), CLOSE_GRACE_MS);
    if (this.isPaused) this.#socket.resume();
    this.#socket.close(1000);
  }

  /** Ends the socket at once and names why. */
  terminate(fault: VoiceLiveError): void {
    this.#fault ??= fault;
    this.#socket.terminate();
  }

  #expectRoom(): void {
    if (this.bufferedBytes > MAX_UNSENT_BYTES)
      throw new VoiceLiveError(
        "VOICE_LIVE_LIMIT",
        "The service does not take what is sent: 16 MiB wait already",
        { nextStep: "Send it again when the connection has recovered." },
      );
  }

  #onUpgrade(stream: Socket): void {
    this.#isUpgrading = true;
    this.#socket.lane = new Lane(stream);
    stream.on("drain", () => {
      if (!this.#closed) this.#listeners.drained();
    });
  }

  #onOpen(): void {
    clearTimeout(this.#handshake);
    this.#isUpgrading = false;
    this.#heard();
    this.#keepAlive = setInterval(() => this.#askPeer(), PING_EVERY_MS);
    this.#listeners.opened();
  }

  /** While reading is paused nothing can be heard, so nothing is asked. */
  #askPeer(): void {
    if (this.isPaused || !this.isOpen) return;
    const signsBefore = this.#signsOfLife;
    this.#socket.ping();
    this.#answerDue = setTimeout(
      () => this.#onAnswerDue(signsBefore),
      ANSWER_WITHIN_MS,
    );
  }

  /** In a process that was blocked, time is over before what has come is read: the sockets are looked at once more. */
  #onAnswerDue(signsBefore: number): void {
    const check = (): void => {
      const isSilent = this.#signsOfLife === signsBefore;
      if (!this.#closed && !this.isPaused && isSilent)
        this.terminate(faultOf("peer-dead"));
    };
    // The second of two turns of the event loop has sockets before it, wherever in a turn this is.
    setImmediate(() => setImmediate(check));
  }

  #onMessage(data: WebSocket.RawData): void {
    this.#heard();
    const frame = asBuffer(data);
    if (!this.#closed && !this.take(frame)) this.#listeners.received(frame);
  }

  #onRefused(request: ClientRequest, response: IncomingMessage): void {
    clearTimeout(this.#handshake);
    readBody(response, (body) => {
      this.#fault ??= diagnoseUpgrade(
        response.statusCode ?? 0,
        body,
        readRetryAfterMs(response.headers, Date.now()),
      );
      request.destroy();
      // ws leaves ending the attempt to whoever listens for a refused upgrade.
      this.#finish(this.#fault);
      this.#socket.terminate();
    });
  }

  #onError(cause: Error): void {
    // The library gives what it finds wrong in an answer of 101 no code.
    const isBrokenUpgrade = this.#isUpgrading && !("code" in cause);
    this.#fault ??= isBrokenUpgrade
      ? faultOf("broken-upgrade", { cause })
      : diagnoseSocket(cause, this.#host);
    if (this.#socket.readyState === WebSocket.CLOSED) this.#finish(this.#fault);
  }

  #heard(): void {
    this.#signsOfLife++;
  }

  #finish(fault: VoiceLiveError): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#keepAlive);
    clearTimeout(this.#handshake);
    clearTimeout(this.#answerDue);
    clearTimeout(this.#grace);
    this.#agent?.destroy();
    this.#listeners.closed(fault);
  }
}

function asBuffer(data: WebSocket.RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}

function readBody(
  response: IncomingMessage,
  then: (body: string) => void,
): void {
  const parts: Buffer[] = [];
  let bytes = 0;
  let finished = false;
  const finish = (): void => {
    if (finished) return;
    finished = true;
    clearTimeout(patience);
    then(Buffer.concat(parts).toString("utf8", 0, MAX_BODY_BYTES));
  };
  // A body that never ends must not hold up the diagnosis.
  const patience = setTimeout(finish, CLOSE_GRACE_MS);
  response.on("data", (part: Buffer) => {
    parts.push(part);
    bytes += part.length;
    if (bytes >= MAX_BODY_BYTES) finish();
  });
  response.on("end", finish);
  response.on("close", finish);
  response.on("error", finish);
}
