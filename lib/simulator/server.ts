import { EventEmitter } from "node:events";
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import type { Behaviour } from "./behaviour";
import { behavioursOf, type ScriptOption } from "./behaviours";
import {
  judgeHandshake,
  type AccessPolicy,
  type Judgement,
  type Refusal,
  type SessionRequest,
} from "./handshake";
import { performAtHandshake } from "./handshake-moment";
import { HANDSHAKE, type Moment, type MomentStep } from "./moment-schema";
import { Moments } from "./moments";
import { serializeServerEvent } from "../protocol";
import { SimulatedSession, type SessionOptions } from "./session";
import { speak } from "./speech";
import { transcribe } from "./transcriber";

export interface SimulatorOptions extends AccessPolicy {
  /** Default 0: any free port. */
  readonly port?: number;
  /** A loopback address; default `127.0.0.1`. */
  readonly host?: string;
  /** What to answer: a built-in script by name or a list of rules; default `assistant`. */
  readonly script?: ScriptOption;
  /** Asked before the script. */
  readonly behaviours?: readonly Behaviour[];
  /**
   * What goes wrong, asked before the script at each moment: `handshake`, or the type of an event that is about to be sent.
   * @returns `undefined` leaves it to the script
   */
  readonly atMoment?: (
    moment: Moment,
    session: SimulatedSession | undefined,
  ) => readonly MomentStep[] | undefined;
  /** Speed of audio deltas in multiples of real time, default 8; `Infinity` sends all at once. */
  readonly speed?: number;
  /** Milliseconds until a session expires, default 3,600,000. */
  readonly sessionLimitMs?: number;
  /** Whether `response.create` ends a running response instead of failing; default false. */
  readonly cancelPrevious?: boolean;
  /** Whether the result of an MCP call is answered without a `response.create`; default false, since clients have to be ready for both. */
  readonly mcpFollowsUp?: boolean;
  /** Tells at the start of each response how many of so many tokens are left in this minute; not told by default. */
  readonly tokensPerMinute?: number;
  /** Whether user transcripts come with the turn (default) or after its response. */
  readonly transcription?: "early" | "late";
}

interface SimulatorEvents {
  /** A client has connected; it has not been greeted yet. */
  session: [session: SimulatedSession];
  /** An upgrade was refused. */
  refused: [refusal: Refusal];
}

/** Large enough for 15 MiB of audio in base64 with its envelope. @see protocol.md §2.5 */
const MAX_PAYLOAD_BYTES = 24 * 1024 * 1024;
/** What peers get to answer a close frame before their socket is cut. */
const CLOSE_GRACE_MS = 250;
const DEFAULT_SPEED = 8;
const DEFAULT_SESSION_LIMIT_MS = 3_600_000;

/**
 * Starts the service on loopback.
 * @throws RangeError for a host that is not loopback or a speed, limit or quota that is not positive
 * @throws TypeError naming the rule and its fault when `script` is not valid
 * @throws the system's error when the port is taken
 */
export async function startSimulator(
  options: SimulatorOptions = {},
): Promise<Simulator> {
  const host = options.host ?? "127.0.0.1";
  expectLoopback(host);
  expectPositive("speed", options.speed ?? DEFAULT_SPEED);
  expectPositive("tokensPerMinute", options.tokensPerMinute ?? Infinity);
  expectPositive(
    "sessionLimitMs",
    options.sessionLimitMs ?? DEFAULT_SESSION_LIMIT_MS,
  );
  const simulator = new Simulator(options, host);
  await simulator.listen(options.port ?? 0);
  return simulator;
}

/** A running stand-in of the Voice Live service. */
export class Simulator extends EventEmitter<SimulatorEvents> {
  readonly #options: SimulatorOptions;
  readonly #sessionOptions: SessionOptions;
  readonly #host: string;
  readonly #http: Server;
  // Clients that offer compression are declined: audio does not compress, and Azure's own sockets do without.
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_PAYLOAD_BYTES,
    perMessageDeflate: false,
  });
  readonly #sessions = new Set<SimulatedSession>();
  readonly #moments: Moments;
  /** Sockets whose handshake is not answered yet. */
  readonly #unanswered = new Set<Duplex>();
  #closing: Promise<void> | undefined;

  /** Use `startSimulator`. */
  constructor(options: SimulatorOptions, host: string) {
    super();
    this.#options = options;
    this.#host = host;
    const { script = "assistant" } = options;
    const behaviours = behavioursOf(script);
    this.#moments = new Moments(typeof script === "string" ? [] : script);
    this.#sessionOptions = {
      behaviours: [...(options.behaviours ?? []), ...behaviours],
      speak,
      transcribe,
      speed: options.speed ?? DEFAULT_SPEED,
      sessionLimitMs: options.sessionLimitMs ?? DEFAULT_SESSION_LIMIT_MS,
      cancelPrevious: options.cancelPrevious ?? false,
      mcpFollowsUp: options.mcpFollowsUp ?? false,
      tokensPerMinute: options.tokensPerMinute,
      transcription: options.transcription ?? "early",
      stepsAt: (moment, session) => this.#stepsAt(moment, session),
    };
    this.#http = createServer(answerHttp);
    this.#http.on(
      "upgrade",
      (request, socket, head) => void this.#upgrade(request, socket, head),
    );
  }

  get port(): number {
    const address = this.#http.address();
    return typeof address === "object" && address ? address.port : 0;
  }

  /** `ws://127.0.0.1:PORT`, without a path. */
  get url(): string {
    return `ws://${this.#authority}`;
  }

  /** The same as an endpoint for clients that want `http:`. */
  get httpUrl(): string {
    return `http://${this.#authority}`;
  }

  /** Sessions that are open. */
  get sessions(): readonly SimulatedSession[] {
    return [...this.#sessions];
  }

  /** Use `startSimulator`. */
  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#http.once("error", reject);
      this.#http.listen(port, this.#host, () => {
        this.#http.off("error", reject);
        resolve();
      });
    });
  }

  /** Closes every session with 1001 and frees the port. May be called again. */
  async close(): Promise<void> {
    this.#closing ??= this.#shutDown();
    await this.#closing;
  }

  async #shutDown(): Promise<void> {
    const stopped = new Promise<void>((resolve) =>
      this.#http.close(() => resolve()),
    );
    for (const session of this.#sessions)
      session.close(1001, "simulator closing");
    const cut = setTimeout(() => {
      for (const session of this.#sessions) session.drop();
    }, CLOSE_GRACE_MS);
    this.#http.closeAllConnections();
    for (const socket of this.#unanswered) socket.destroy();
    await stopped;
    clearTimeout(cut);
    this.#sessions.clear();
    this.#sockets.close();
  }

  get #authority(): string {
    return `${this.#host.includes(":") ? `[${this.#host}]` : this.#host}:${this.port}`;
  }

  #stepsAt(moment: Moment, session?: SimulatedSession): readonly MomentStep[] {
    const scripted = this.#moments.meet(moment);
    return this.#options.atMoment?.(moment, session) ?? scripted;
  }

  async #upgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
  ): Promise<void> {
    const outcome = await this.#meetHandshake(socket);
    if (outcome === "gone") return;
    const judgement: Judgement =
      outcome === "proceed"
        ? judgeHandshake(request, this.#options)
        : { kind: "refused", refusal: outcome };
    if (judgement.kind === "refused") {
      refuse(socket, judgement.refusal);
      this.emit("refused", judgement.refusal);
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (client) => {
      if (judgement.kind === "accepted")
        return this.#welcome(client, judgement.request);
      expel(client, judgement.refusal);
      this.emit("refused", judgement.refusal);
    });
  }

  async #meetHandshake(
    socket: Duplex,
  ): Promise<Awaited<ReturnType<typeof performAtHandshake>>> {
    // A client that is gone before it has its answer is no fault of ours.
    const onError = (): void => void socket.destroy();
    socket.on("error", onError);
    this.#unanswered.add(socket);
    const outcome = await performAtHandshake(socket, this.#stepsAt(HANDSHAKE));
    this.#unanswered.delete(socket);
    socket.off("error", onError);
    return outcome;
  }

  #welcome(client: WebSocket, request: SessionRequest): void {
    const session = new SimulatedSession(client, request, this.#sessionOptions);
    this.#sessions.add(session);
    session.once("close", () => this.#sessions.delete(session));
    this.emit("session", session);
    session.open();
  }
}

function answerHttp(request: IncomingMessage, response: ServerResponse): void {
  if (request.url === "/") {
    response.writeHead(200, { "content-type": "text/plain" });
    response.end(
      "This is the Voice Live simulator of @voicewire/node-red-voice-live, not the Azure service.\n",
    );
    return;
  }
  response.writeHead(404, { "content-type": "application/json" });
  response.end(
    refusalBody({ status: 404, code: "404", message: "Resource not found" }),
  );
}

function refuse(socket: Duplex, refusal: Refusal): void {
  const body = refusalBody(refusal);
  // A client that is gone before it reads its refusal is no fault of ours.
  socket.on("error", () => socket.destroy());
  // Half-open sockets would keep the port busy.
  socket.once("finish", () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? "Refused"}\r\n` +
      "Connection: close\r\nContent-Type: application/json\r\n" +
      retryAfter(refusal) +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

/** @see protocol.md §9.4 for the shape; the close code is OpenAI's own. */
function expel(client: WebSocket, { code, message }: Refusal): void {
  const type = "invalid_request_error";
  const error = { type, code, message, param: null, event_id: null };
  client.on("error", () => client.terminate());
  client.send(serializeServerEvent({ type: "error", error }));
  client.close(3000, `${type}.${code}`);
}

function retryAfter({ retryAfterSeconds }: Refusal): string {
  return retryAfterSeconds === undefined
    ? ""
    : `Retry-After: ${retryAfterSeconds}\r\n`;
}

function refusalBody({ code, message }: Refusal): string {
  return JSON.stringify({ error: { code, message } });
}

function expectLoopback(host: string): void {
  if (
    host === "localhost" ||
    host === "::1" ||
    /^127(\.\d{1,3}){3}$/.test(host)
  )
    return;
  throw new RangeError(
    `Expected \`host\` to be a loopback address such as 127.0.0.1, got \`${host}\``,
  );
}

function expectPositive(name: string, value: number): void {
  if (!(value > 0))
    throw new RangeError(
      `Expected \`${name}\` to be a positive number, got \`${value}\``,
    );
}
