import { connect, isIP, type Socket } from "node:net";
import { connect as connectSecurely, type ConnectionOptions } from "node:tls";
import { FrameFilter, type FrameSink, type FrameTaker } from "./frame-filter";
import { READ_MEMORY } from "./read-memory";

/** What was read last; nearly always as long as what is read next. */
let filled = READ_MEMORY;

/**
 * Opens a socket for a WebSocket, which does not see the frames that `taker` takes.
 * @param options - as an HTTP request gives them
 */
export function openFilteredSocket(
  options: ConnectionOptions,
  isSecure: boolean,
  taker: FrameTaker,
): Socket {
  const reads = new Reads(taker);
  const onread = {
    buffer: READ_MEMORY,
    callback: (length: number) => reads.read(firstBytes(length)),
  };
  // The path is the request's; here it would be that of a pipe.
  const whereTo = { ...options, path: undefined, onread };
  const { host = "", servername = isIP(host) ? "" : host } = options;
  reads.socket = isSecure
    ? connectSecurely({ ...whereTo, servername })
    : connect(whereTo as never);
  return reads.socket;
}

function firstBytes(length: number): Buffer {
  if (length !== filled.length) filled = READ_MEMORY.subarray(0, length);
  return filled;
}

const END_OF_HEAD = "\r\n\r\n";

/** What comes in: first the answer to the upgrade, whose head is no frame, then frames. */
class Reads implements FrameSink {
  readonly #taker: FrameTaker;
  readonly #filter = new FrameFilter(this);
  /** Where the head has got to; undefined behind it. */
  #headTail: string | undefined = "";
  /** Given before anything can be read. */
  socket!: Socket;

  constructor(taker: FrameTaker) {
    this.#taker = taker;
  }

  /** @returns whether to go on */
  read(chunk: Buffer): boolean {
    const start = this.#passHead(chunk);
    const frames = start === 0 ? chunk : chunk.subarray(start);
    if (frames.length > 0) this.#filter.push(frames);
    // A paused stream begins to read again when something is pushed; this stops it.
    return !this.socket.isPaused();
  }

  take(frame: Buffer): boolean {
    const { socket } = this;
    // What waits in a paused stream comes before what is read behind it.
    return (
      !socket.isPaused() &&
      socket.readableLength === 0 &&
      this.#taker.take(frame)
    );
  }

  pass(bytes: Buffer): void {
    this.socket.push(Buffer.from(bytes));
  }

  /** @returns where the frames begin in the chunk */
  #passHead(chunk: Buffer): number {
    if (this.#headTail === undefined) return 0;
    const text = this.#headTail + chunk.toString("latin1");
    const end = text.indexOf(END_OF_HEAD);
    const start =
      end < 0 ? chunk.length : end + END_OF_HEAD.length - this.#headTail.length;
    this.#headTail = end < 0 ? text.slice(1 - END_OF_HEAD.length) : undefined;
    this.pass(chunk.subarray(0, start));
    return start;
  }
}
