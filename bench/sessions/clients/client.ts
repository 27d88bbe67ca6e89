/** Sessions of one client, all connected. */
export interface Sessions {
  /** Sends one frame of the microphone in one of them. */
  readonly append: (session: number) => void;
  close(): Promise<void>;
}

/** One way to hold many sessions. */
export interface SessionsClient {
  /** Length of the frames that `append` sends, ms. */
  readonly frameMs: number;
  /**
   * @param port - of the service, on loopback
   * @param onAudio - takes the samples of a reply
   */
  connect(
    port: number,
    count: number,
    onAudio: (session: number, pcm: Uint8Array) => void,
  ): Promise<Sessions>;
}

/** Connects one after another, a few at once, as many as a listening socket queues. */
export async function connectAll<T>(
  count: number,
  connect: (session: number) => Promise<T>,
): Promise<T[]> {
  const all: T[] = [];
  while (all.length < count) {
    const first = all.length;
    const some = Array.from(
      { length: Math.min(AT_ONCE, count - first) },
      (_, index) => connect(first + index),
    );
    all.push(...(await Promise.all(some)));
  }
  return all;
}

const AT_ONCE = 50;
