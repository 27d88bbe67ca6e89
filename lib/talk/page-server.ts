import { createHmac, randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type ServerOptions, type WebSocket, WebSocketServer } from "ws";
import { GuessBrake } from "./guess-brake";
import { checkAccess, type PageAccess, type Refusal } from "./page-access";
import { PageConnection } from "./page-connection";
import type { Hello } from "./page-protocol";
import type { PlayedPosition } from "./page-streams";
import { RefusalLog } from "./refusal-log";
import { readToken, signToken } from "./signed-token";
import { readVisitor, type ProxyTrust, type Visitor } from "./visitor";

/** A page that has been let in. Its id is the key of its conversation, and outlives its socket. */
export interface TalkPage extends Pick<
  PageConnection,
  "send" | "play" | "endSound" | "flush" | "close" | "droppedBytes"
> {
  readonly id: string;
  readonly address: string;
}

/** What pages do. What a listener throws reaches `fault`, never the socket. */
export interface PageListeners {
  /**
   * @param isBack - its conversation goes on
   * @param isMeant - its user has asked for a conversation; the page has not only come back by itself
   */
  opened(page: TalkPage, isBack: boolean, isMeant: boolean): void;
  /** Its user has ended the conversation; `closed` follows. */
  left(page: TalkPage): void;
  closed(page: TalkPage): void;
  audio(page: TalkPage, samples: Buffer): void;
  audioEnd(page: TalkPage): void;
  text(page: TalkPage, text: string): void;
  interrupt(page: TalkPage): void;
  played(page: TalkPage, position: PlayedPosition): void;
  /** Pages or refusals are more or fewer than before. */
  changed(): void;
  /** One line for the log. */
  refused(line: string): void;
  fault(thrown: unknown): void;
}

export interface PageServerOptions {
  readonly title: string;
  readonly access: PageAccess;
  /** Proves which page had which conversation; the same after a restart. */
  readonly key: Buffer;
  /** Origins of pages that may open sockets here, besides this server's own. */
  readonly origins: ReadonlySet<string>;
  readonly maxPages: number;
  readonly maxPagesPerAddress: number;
  readonly isTrustedProxy: ProxyTrust;
  /** Pages tell that speech is not understood. */
  readonly isSimulated?: boolean;
}

/** A page that was away for longer begins anew. */
const RESUME_SECONDS = 12 * 3_600;
/** Sockets that have not said hello, beyond the pages. */
const MAX_WAITING = 20;
/** Kinds of faults of the user's own check that are told. */
const MAX_FAULTS = 20;
const RESUME_PURPOSE = "resume";

/** `closeTimeout` is younger than the types of ws. */
const SOCKETS: ServerOptions & { readonly closeTimeout: number } = {
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  // Larger frames than a page may send are read up to here, to say so; more and smaller pieces than any browser makes are not.
  maxPayload: 256 * 1_024,
  maxFragments: 64,
  maxBufferedChunks: 1_024,
  // A page that is sent away and does not go.
  closeTimeout: 2_000,
};

/** All sockets of one talk page. */
export class PageServer {
  readonly #options: PageServerOptions;
  readonly #listeners: PageListeners;
  readonly #resumeKey: Buffer;
  readonly #brake = new GuessBrake();
  readonly #log: RefusalLog;
  readonly #sockets = new WebSocketServer(SOCKETS);
  /** All sockets, with the address of each. */
  readonly #connections = new Map<PageConnection, string>();
  readonly #pages = new Map<string, TalkPage>();
  readonly #toldFaults = new Set<string>();
  #isClosed = false;

  constructor(options: PageServerOptions, listeners: PageListeners) {
    this.#options = options;
    this.#listeners = listeners;
    this.#log = new RefusalLog((line) => listeners.refused(line));
    this.#resumeKey = resumeKey(options);
  }

  get pages(): readonly TalkPage[] {
    return [...this.#pages.values()];
  }

  get refusals(): number {
    return this.#log.count;
  }

  page(id: string): TalkPage | undefined {
    return this.#pages.get(id);
  }

  /** Takes the socket of an upgrade request over, for good. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on("error", () => socket.destroy());
    const { maxPages } = this.#options;
    if (this.#isClosed || this.#connections.size >= maxPages + MAX_WAITING)
      return void socket.end(
        "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n",
      );
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) =>
      this.#accept(webSocket, request),
    );
  }

  /** @param reason - why all pages have to go; they come back when they can */
  close(reason = "The talk page is deployed again"): void {
    this.#isClosed = true;
    for (const connection of this.#connections.keys())
      connection.close("restarting", reason);
    this.#sockets.close();
  }

  #accept(socket: WebSocket, request: IncomingMessage): void {
    const visitor = readVisitor(request, this.#options.isTrustedProxy);
    const { address } = visitor;
    let page: TalkPage | undefined;
    const told = <Rest extends unknown[]>(
      tell: (page: TalkPage, ...rest: Rest) => void,
    ): ((...rest: Rest) => void) => {
      return (...rest) => {
        const known = page;
        if (known) this.#guarded(() => tell(known, ...rest));
      };
    };
    const listeners = this.#listeners;
    const connection = new PageConnection(socket, {
      hello: (hello) =>
        void this.#greet(connection, hello, visitor, request).then(
          (opened) => (page = opened),
        ),
      audio: told((known, samples: Buffer) => listeners.audio(known, samples)),
      audioEnd: told((known) => listeners.audioEnd(known)),
      text: told((known, text: string) => listeners.text(known, text)),
      interrupt: told((known) => listeners.interrupt(known)),
      leave: told((known) => listeners.left(known)),
      played: told((known, position: PlayedPosition) =>
        listeners.played(known, position),
      ),
      closed: (refusal) => {
        this.#connections.delete(connection);
        // Whoever has closed the server wants to hear no more of it.
        if (this.#isClosed) return;
        if (refusal !== undefined) this.#log.refused(address, refusal);
        if (page) this.#left(page);
        this.#guarded(() => listeners.changed());
      },
    });
    this.#connections.set(connection, address);
    const refusal = this.#turnAway(visitor);
    if (refusal) connection.refuse(refusal.close, refusal.reason);
  }

  /** What can be said before the page has spoken. */
  #turnAway({ address, origin, ownOrigins }: Visitor): Refusal | undefined {
    const { origins, maxPagesPerAddress } = this.#options;
    if (!ownOrigins.includes(origin) && !origins.has(origin))
      return {
        close: "foreignOrigin",
        reason: "It was opened by a page of another address",
      };
    const ofAddress = [...this.#connections.values()].filter(
      (each) => each === address,
    ).length;
    return ofAddress > maxPagesPerAddress
      ? { close: "tooManyPages", reason: "Too many pages of this address" }
      : undefined;
  }

  /** Never rejects. @returns the page, where it was let in */
  async #greet(
    connection: PageConnection,
    { secret, resume, isAgain = false }: Hello,
    visitor: Visitor,
    request: IncomingMessage,
  ): Promise<TalkPage | undefined> {
    const earlier = this.#earlierId(resume);
    const refusal =
      (await checkAccess(
        this.#options.access,
        { secret, isKnown: earlier !== undefined, visitor, request },
        this.#brake,
        performance.now(),
      )) ?? this.#full(earlier);
    if (refusal?.fault !== undefined) this.#tellFault(refusal.fault);
    if (refusal?.isQuestion) {
      connection.close(refusal.close, refusal.reason);
    } else if (refusal) {
      connection.refuse(refusal.close, refusal.reason, refusal.advice);
    } else if (this.#connections.has(connection) && !this.#isClosed) {
      return this.#open(connection, visitor, earlier, isAgain);
    }
    return undefined;
  }

  /** Whoever knocks can make the check fail, again and again: it is told once. */
  #tellFault(fault: unknown): void {
    const words = String(fault);
    if (this.#toldFaults.has(words) || this.#toldFaults.size >= MAX_FAULTS)
      return;
    this.#toldFaults.add(words);
    this.#listeners.fault(fault);
  }

  #full(earlier: string | undefined): Refusal | undefined {
    const isThere = earlier !== undefined && this.#pages.has(earlier);
    const { maxPages } = this.#options;
    return this.#pages.size >= maxPages && !isThere
      ? { close: "tooManyPages", reason: "As many pages as allowed are open" }
      : undefined;
  }

  #open(
    connection: PageConnection,
    { address }: Visitor,
    earlier: string | undefined,
    isAgain: boolean,
  ): TalkPage {
    const id = earlier ?? randomBytes(16).toString("hex");
    const before = this.#pages.get(id);
    const page: TalkPage = {
      id,
      address,
      send: (message) => connection.send(message),
      play: (sound) => connection.play(sound),
      endSound: () => connection.endSound(),
      flush: () => connection.flush(),
      close: (name, reason) => connection.close(name, reason),
      get droppedBytes() {
        return connection.droppedBytes;
      },
    };
    this.#pages.set(id, page);
    before?.close("replaced", "Another window has this conversation");
    const { title, isSimulated } = this.#options;
    connection.welcome({
      title,
      resume: this.#resumeToken(id),
      resumed: earlier !== undefined,
      ...(isSimulated && { isSimulated }),
    });
    this.#guarded(() => {
      const isBack = earlier !== undefined;
      this.#listeners.opened(page, isBack, !isBack || isAgain);
      this.#listeners.changed();
    });
    return page;
  }

  #left(page: TalkPage): void {
    // Whoever has taken its conversation over stays.
    if (this.#pages.get(page.id) !== page) return;
    this.#pages.delete(page.id);
    this.#guarded(() => this.#listeners.closed(page));
  }

  #resumeToken(id: string): string {
    const exp = Math.ceil(Date.now() / 1_000) + RESUME_SECONDS;
    return signToken(this.#resumeKey, { aud: RESUME_PURPOSE, sub: id, exp });
  }

  #earlierId(resume: string | undefined): string | undefined {
    if (resume === undefined) return undefined;
    const claims = readToken(
      this.#resumeKey,
      resume,
      RESUME_PURPOSE,
      Date.now(),
    );
    return typeof claims === "string" ? undefined : claims.sub;
  }

  #guarded(run: () => void): void {
    try {
      run();
    } catch (thrown) {
      this.#listeners.fault(thrown);
    }
  }
}

/** Who changes the access, or the password, sends all pages away. */
function resumeKey({ key, access }: PageServerOptions): Buffer {
  const password = access.kind === "password" ? access.password : "";
  return createHmac("sha256", key)
    .update(`resume ${access.kind} ${password}`)
    .digest();
}
