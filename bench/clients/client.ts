/** One way to talk to the service. */
export interface BenchClient {
  readonly name: string;
  /** @param endpoint - `http:` address of the service */
  connect(endpoint: string, listener: BenchListener): Promise<BenchSession>;
}

export interface BenchListener {
  /** Decoded samples of a reply. */
  audio(pcm: Uint8Array): void;
  /** The service has acknowledged appends, or finished a reply. */
  event(type: string): void;
}

export interface BenchSession {
  /** @param frame - 24 kHz mono PCM16 */
  append(frame: Buffer): void | Promise<void>;
  respond(): void | Promise<void>;
  close(): void | Promise<void>;
}
