import { EventEmitter } from "node:events";
import type WebSocket from "ws";
import {
  imageMember,
  type AnyServerEvent,
  type ClientEvent,
  createId,
  parseClientFrame,
  type ResponseSession,
  type ServerErrorDetails,
  type ServerEvent,
} from "../protocol";
import { blockBytesOf, decodeInput, type Sound } from "./audio-format";
import { decodeAudio } from "./base64-audio";
import type { Behaviour } from "./behaviour";
import { handleClientEvent, type SessionParts } from "./client-handlers";
import { ConversationItems, type StoredItem } from "./conversation-items";
import type { SessionRequest } from "./handshake";
import { InputBuffer } from "./input-buffer";
import type { ItemContext } from "./item-schema";
import { McpServers } from "./mcp-servers";
import { MomentGate } from "./moment-gate";
import type { Moment, MomentStep } from "./moment-schema";
import { ReceivedLog, type ReceivedEvent } from "./received-log";
import { invalidValue, RequestFault } from "./request-fault";
import { Responder } from "./responder";
import { SessionSettings } from "./session-settings";
import type { UsageLedger } from "./usage";
import { UserTurns } from "./user-turns";
import { WireEdge } from "./wire-edge";

export interface SessionOptions {
  readonly behaviours: readonly Behaviour[];
  readonly speak: (text: string) => Sound;
  readonly transcribe: (sound: Sound) => string;
  readonly speed: number;
  readonly sessionLimitMs: number;
  readonly cancelPrevious: boolean;
  readonly mcpFollowsUp: boolean;
  readonly tokensPerMinute: number | undefined;
  readonly transcription: "early" | "late";
  /** What goes wrong before an event is sent. */
  readonly stepsAt: (
    moment: Moment,
    session: SimulatedSession,
  ) => readonly MomentStep[];
}

interface SessionEvents {
  /** A client event that was understood, before it is carried out. */
  client: [event: ClientEvent];
  /** A server event that was sent. */
  server: [event: AnyServerEvent];
  /** The socket is closed. */
  close: [code: number, reason: string];
}

/** One client's session: what it sent, what it was told, and what the simulator knows about it. */
export class SimulatedSession extends EventEmitter<SessionEvents> {
  /** `sess_…` */
  readonly id = createId("sess");
  readonly request: SessionRequest;
  readonly #socket: WebSocket;
  readonly #edge: WireEdge;
  readonly #settings: SessionSettings;
  readonly #items = new ConversationItems();
  readonly #input: InputBuffer;
  readonly #responder: Responder;
  readonly #turns: UserTurns;
  readonly #received = new ReceivedLog();
  readonly #parts: SessionParts;
  readonly #gate: MomentGate;
  readonly #expiry: NodeJS.Timeout;

  constructor(
    socket: WebSocket,
    request: SessionRequest,
    options: SessionOptions,
  ) {
    super();
    this.#socket = socket;
    this.request = request;
    this.#edge = new WireEdge(request.dialect);
    const expiresAt = Math.floor((Date.now() + options.sessionLimitMs) / 1000);
    this.#settings = new SessionSettings({
      ...request,
      sessionId: this.id,
      expiresAt,
    });
    this.#gate = new MomentGate({
      stepsAt: (type) => options.stepsAt(type, this),
      write: (event) => this.#write(event),
      close: (code) => this.close(code),
      drop: () => this.drop(),
    });
    const itemContext: ItemContext = {
      hasCall: (callId) => this.#items.findCall(callId) !== undefined,
      awaitsApproval: (requestId) => this.#responder.awaitsApproval(requestId),
      readSound: (base64) => this.#readSound(base64),
      transcribe: options.transcribe,
      soundFormat: () => this.settings.input_audio_format ?? "pcm16",
      imageMember: imageMember(request.apiVersion, request.dialect),
      hearsMessages: this.#settings.family !== "text",
    };
    const send = (event: ServerEvent) => this.send(event);
    const shared = { items: this.#items, settings: this.#settings, send };
    this.#responder = new Responder({
      ...options,
      ...shared,
      itemContext,
      close: (code, reason) => this.close(code, reason),
      drop: () => this.drop(),
      answered: () => this.#turns.tellLate(),
    });
    this.#turns = new UserTurns({
      ...options,
      ...shared,
      responder: this.#responder,
    });
    this.#input = new InputBuffer(
      this.#settings.inputFormat,
      this.#settings.turnDetection,
      this.#turns,
    );
    this.#parts = {
      ...shared,
      input: this.#input,
      turns: this.#turns,
      responder: this.#responder,
      itemContext,
      mcpServers: new McpServers(shared),
    };
    this.#expiry = setTimeout(
      () => this.#expire(),
      Math.min(options.sessionLimitMs, LONGEST_TIMER_MS),
    );
    this.#listen();
  }

  /** The effective settings, as the client was last told. */
  get settings(): ResponseSession {
    return this.#settings.current;
  }

  /** Items of the conversation in order, with the audio that was heard or spoken. */
  get items(): readonly StoredItem[] {
    return this.#items.all;
  }

  /** The newest client events, oldest first, their audio replaced by its size in bytes. */
  get received(): readonly ReceivedEvent[] {
    return this.#received.events;
  }

  /** Sums over all responses of this session. */
  get usage(): UsageLedger {
    return this.#responder.usage;
  }

  /** Milliseconds of audio that the client has ever sent. */
  get receivedMs(): number {
    return this.#input.receivedMs;
  }

  /** The audio of an item: `undefined` when it has none or is not known. */
  audioOf(itemId: string): Sound | undefined {
    return this.#items.find(itemId)?.sound;
  }

  /** Greets the client; to be called once, when all listeners are there. */
  open(): void {
    this.send({
      type: "session.created",
      session: this.settings,
      simulator: true,
      server: "voice-live-simulator",
    });
  }

  /** Sends any event, also one of a type or shape that the service does not know. */
  send(event: AnyServerEvent): void {
    if (this.#isOpen) this.#gate.send(event);
  }

  /** Closes the socket as the service does, with a close frame. */
  close(code = 1000, reason = ""): void {
    this.#responder.close();
    this.#socket.close(code, reason);
  }

  /** Cuts the connection: the client sees 1006. */
  drop(): void {
    clearTimeout(this.#expiry);
    this.#gate.stop();
    this.#responder.close();
    // A paused socket would never notice its end.
    this.#socket.resume();
    this.#socket.terminate();
  }

  /** Stops reading what the client sends, so that its socket fills up. */
  pause(): void {
    this.#socket.pause();
  }

  /** Reads on after `pause`. */
  resume(): void {
    this.#socket.resume();
  }

  get #isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  #write(event: AnyServerEvent): void {
    if (!this.#isOpen) return;
    const numbered: AnyServerEvent = {
      ...event,
      event_id: event.event_id ?? createId("event"),
    };
    for (const frame of this.#edge.frames(numbered)) this.#socket.send(frame);
    this.emit("server", numbered);
  }

  #listen(): void {
    this.#socket.on("message", (data) => this.#receive(bytesOf(data)));
    this.#socket.on("close", (code, reason) =>
      this.#closed(code, reason.toString()),
    );
    // Faults of the frame layer (too large, not UTF-8) close the socket by themselves with the right code.
    this.#socket.on("error", () => this.#responder.close());
  }

  #receive(data: Buffer): void {
    const frame = parseClientFrame(data, this.request.dialect);
    if (frame.kind === "malformed") {
      this.#refuse(
        new RequestFault(frame.code, frame.message, frame.param ?? null),
        frame.eventId ?? null,
      );
      return;
    }
    const { event } = frame;
    try {
      this.#received.add(event);
      this.emit("client", event);
      handleClientEvent(this.#parts, event);
    } catch (error) {
      this.#refuse(error, event.event_id || null);
    }
  }

  #refuse(error: unknown, eventId: string | null): void {
    this.send({ type: "error", error: errorDetails(error, eventId) });
  }

  #readSound(base64: string): Sound {
    const format = this.#settings.inputFormat;
    const bytes = decodeAudio(base64, "item.content.audio");
    if (bytes.length % blockBytesOf(format) !== 0)
      throw invalidValue("item.content.audio", "whole samples", bytes.length);
    return { pcm: decodeInput(bytes, format), sampleRate: format.sampleRate };
  }

  /** @see protocol.md §12 J */
  #expire(): void {
    this.send({
      type: "error",
      error: {
        type: "invalid_request_error",
        code: "session_expired",
        message: "Your session hit the maximum duration.",
        param: null,
        event_id: null,
      },
    });
    this.close(1001, "session expired");
  }

  #closed(code: number, reason: string): void {
    clearTimeout(this.#expiry);
    this.#gate.stop();
    this.#responder.close();
    this.emit("close", code, reason);
  }
}

/** One Buffer is all that ws gives unless it is asked for another kind. */
function bytesOf(data: WebSocket.RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}

/** Node fires longer timers at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

function errorDetails(
  error: unknown,
  eventId: string | null,
): ServerErrorDetails {
  if (error instanceof RequestFault) return error.toDetails(eventId);
  const message = error instanceof Error ? error.message : String(error);
  return {
    type: "server_error",
    code: "server_error",
    message: `The simulator failed: ${message}`,
    param: null,
    event_id: eventId,
  };
}
