import net, { Socket } from "node:net";
import { performance } from "node:perf_hooks";

type Write = (this: Socket, ...args: unknown[]) => boolean;

/** Between the words of a session and its audio, bytes. */
const AUDIO_BYTES = 1_000;

/**
 * Times what goes in against what comes out. Hardly anything overtakes anything on its way through Node-RED, so the first that is
 * still in is taken for the first to come out.
 */
export class StopWatch {
  #in: number[] = [];
  #tookMs: number[] = [];

  in(): void {
    this.#in.push(performance.now());
  }

  out(): void {
    const since = this.#in.shift();
    if (since !== undefined) this.#tookMs.push(performance.now() - since);
  }

  /** @returns all times since the last call, ms; what is still in is forgotten */
  take(): readonly number[] {
    const took = this.#tookMs;
    this.#tookMs = [];
    this.#in = [];
    return took;
  }
}

export interface SocketListeners {
  /** Audio is written to a socket: so many bytes, of one frame or of several that were joined. */
  wrote(bytes: number): void;
  /** Bytes have come from a socket. */
  read(socket: Socket, chunk: Buffer): void;
}

/** Looks on at every socket of the process, where bytes leave for the kernel and come from it. */
export function watchSockets(listeners: SocketListeners): void {
  const { prototype } = Socket as unknown as {
    prototype: { write: Write; push: Write };
  };
  const { write, push } = prototype;
  prototype.write = function (...args) {
    const [data] = args;
    if (Buffer.isBuffer(data) && data.length > AUDIO_BYTES)
      listeners.wrote(data.length);
    return write.apply(this, args);
  };
  const isWatched = watchDirectReads(listeners);
  prototype.push = function (...args) {
    const [chunk] = args;
    if (Buffer.isBuffer(chunk) && !isWatched(this)) listeners.read(this, chunk);
    return push.apply(this, args);
  };
}

/**
 * Our client's sockets read into memory of its own (`lib/client/filtered-socket.ts`), before anything is pushed.
 * @returns tells such a socket
 */
function watchDirectReads(
  listeners: SocketListeners,
): (socket: Socket) => boolean {
  const watched = new WeakSet<Socket>();
  const { connect } = net as unknown as {
    connect: (options: DirectOptions) => Socket;
  };
  const watchingConnect = (options: DirectOptions): Socket => {
    const { onread } = options;
    if (!onread) return connect(options);
    const callback = (bytes: number, buffer: Buffer): boolean => {
      listeners.read(socket, buffer.subarray(0, bytes));
      return onread.callback(bytes, buffer);
    };
    const socket = connect({ ...options, onread: { ...onread, callback } });
    watched.add(socket);
    return socket;
  };
  Object.assign(net, { connect: watchingConnect });
  return (socket) => watched.has(socket);
}

interface DirectOptions {
  readonly onread?: {
    readonly buffer: Buffer;
    readonly callback: (bytes: number, buffer: Buffer) => boolean;
  };
}
