import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { silence } from "../../lib/audio";
import type { Peer } from "./recipe";
import { WaitingRoom } from "./waiting-room";

const SAMPLE_RATE = 16_000;
/** 40 ms of 16 kHz PCM16, in one Ethernet frame. */
const PIECE_BYTES = 1_280;
/** A receiver's buffer takes more; beyond, the system drops what comes faster than it is read. */
const AT_ONCE = 16;

/** A device of the example "UDP devices", as an ESP32 would be one. */
export class UdpDevice implements Peer {
  readonly events: string[] = [];
  readonly #socket: Socket;
  readonly #to: number;
  readonly #arrived: (port: number, count: number) => Promise<unknown>;
  readonly #audio: Buffer[] = [];
  readonly #room = new WaitingRoom();
  #sent = 0;

  /**
   * @param to - port to send to
   * @param arrived - resolves when so many datagrams of the port have arrived there
   */
  static async open(
    to: number,
    arrived: (port: number, count: number) => Promise<unknown>,
  ): Promise<UdpDevice> {
    const socket = createSocket("udp4").bind(0, "127.0.0.1");
    await once(socket, "listening");
    return new UdpDevice(socket, to, arrived);
  }

  private constructor(
    socket: Socket,
    to: number,
    arrived: (port: number, count: number) => Promise<unknown>,
  ) {
    this.#socket = socket;
    this.#to = to;
    this.#arrived = arrived;
    socket.on("message", (datagram) => {
      if (datagram.length % 2 === 0) this.#audio.push(datagram);
      else this.events.push(datagram.toString());
      this.#room.wake();
    });
  }

  get port(): number {
    return this.#socket.address().port;
  }

  isSilent(): Promise<void> {
    return this.speak(silence(40, SAMPLE_RATE));
  }

  async speak(pcm: Buffer): Promise<void> {
    for (let at = 0; at < pcm.length; at += PIECE_BYTES) {
      this.#socket.send(
        pcm.subarray(at, at + PIECE_BYTES),
        this.#to,
        "127.0.0.1",
      );
      this.#sent++;
      if (this.#sent % AT_ONCE === 0)
        await this.#arrived(this.port, this.#sent);
    }
  }

  /** Resolves when the device has been told of it. */
  hears(event: string): Promise<void> {
    return this.#room.until(`the event ${event}`, () =>
      this.events.includes(event),
    );
  }

  hasHeard(bytes: number): Promise<void> {
    return this.#room.until(
      `${bytes} bytes of audio`,
      () => this.heard().length >= bytes,
    );
  }

  heard(): Buffer {
    return Buffer.concat(this.#audio);
  }

  heardPcm(): Buffer {
    return this.heard();
  }

  close(): void {
    this.#socket.close();
  }
}
