import { once } from "node:events";
import { readFileSync } from "node:fs";
import { WebSocket, type RawData } from "ws";
import { parseWav, silence } from "../../lib/audio";

const pauseMs = 1000;
const frameMs = 40;
const sampleRate = 24_000;

/** A device of the example "Many devices": sends 24 kHz PCM16 as binary frames, hears the same, and texts about playback. */
export class Device {
  readonly #socket: WebSocket;
  readonly #audio: Buffer[] = [];
  readonly #texts: string[] = [];

  static async connect(address: string): Promise<Device> {
    const socket = new WebSocket(address);
    const device = new Device(socket);
    await once(socket, "open");
    return device;
  }

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data: RawData, isBinary: boolean) => {
      if (isBinary) this.#audio.push(data as Buffer);
      else this.#texts.push((data as Buffer).toString());
    });
  }

  /** Sends a moment of silence: the first sound of a device opens its conversation. */
  isSilent(): Promise<void> {
    return this.#send(silence(frameMs, sampleRate));
  }

  /** Sends a recording and a pause after it, in frames, paced by nothing but the socket. */
  async speak(file: string): Promise<void> {
    const { data } = parseWav(readFileSync(file));
    const pcm = Buffer.concat([data, silence(pauseMs, sampleRate)]);
    const frameBytes = (sampleRate * 2 * frameMs) / 1000;
    for (let at = 0; at < pcm.length; at += frameBytes)
      await this.#send(pcm.subarray(at, at + frameBytes));
  }

  /** Resolves when a text has come. */
  async hears(text: string): Promise<void> {
    while (!this.#texts.includes(text)) await once(this.#socket, "message");
  }

  /** All audio so far, as hex. */
  heard(): string {
    return Buffer.concat(this.#audio).toString("hex");
  }

  close(): void {
    this.#socket.close();
  }

  #send(frame: Buffer): Promise<void> {
    return new Promise((resolve, reject) =>
      this.#socket.send(frame, (error) => (error ? reject(error) : resolve())),
    );
  }
}
