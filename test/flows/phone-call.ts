import { once } from "node:events";
import { WebSocket } from "ws";
import { decodeMulaw, encodeMulaw, silence } from "../../lib/audio";
import type { Peer } from "./recipe";
import { WaitingRoom } from "./waiting-room";

const SAMPLE_RATE = 8_000;
/** 20 ms of μ-law, as telephone services send it. */
const FRAME_BYTES = 160;
const BYTES_PER_MS = 8;

/** What the flow says to the telephone service. */
type FromFlow =
  | { event: "media"; streamSid: string; media: { payload: string } }
  | { event: "mark"; streamSid: string; mark: { name: string } }
  | { event: "clear"; streamSid: string };

interface Mark {
  readonly name: string;
  /** Bytes of the call's audio before it. */
  readonly at: number;
}

/**
 * A telephone service with one call, in the shape of Twilio's media streams. The caller hears what has come when the test says
 * so: `listen`; then the marks up to there go back.
 */
export class PhoneCall implements Peer {
  /** Streams that the flow has addressed. */
  readonly addressed = new Set<string>();
  readonly streamSid: string;
  readonly #socket: WebSocket;
  readonly #room = new WaitingRoom();
  readonly #audio: Buffer[] = [];
  #marks: Mark[] = [];
  #received = 0;
  #listensAtOnce = true;
  #wasCleared = false;
  #sequence = 0;

  static async dial(address: string, streamSid: string): Promise<PhoneCall> {
    const socket = new WebSocket(address);
    const call = new PhoneCall(socket, streamSid);
    await once(socket, "open");
    call.#begin();
    return call;
  }

  private constructor(socket: WebSocket, streamSid: string) {
    this.#socket = socket;
    this.streamSid = streamSid;
    socket.on("message", (data: Buffer) => {
      this.#take(JSON.parse(data.toString()) as FromFlow);
      this.#room.wake();
    });
  }

  /** From here on the caller hears only what `listen` says. */
  holdTheLine(): void {
    this.#listensAtOnce = false;
  }

  /** The caller has heard so many milliseconds of all audio of the call. */
  async listen(ms: number): Promise<void> {
    const isHeard = ({ at }: Mark): boolean => at <= ms * BYTES_PER_MS;
    const heard = this.#marks.filter(isHeard);
    this.#marks = this.#marks.filter((mark) => !isHeard(mark));
    await Promise.all(heard.map((mark) => this.#send(sentBack(mark))));
  }

  isSilent(): Promise<void> {
    return this.speak(silence(20, SAMPLE_RATE));
  }

  async speak(pcm: Buffer): Promise<void> {
    const audio = encodeMulaw(pcm);
    for (let at = 0; at < audio.length; at += FRAME_BYTES) {
      const payload = audio.subarray(at, at + FRAME_BYTES).toString("base64");
      await this.#send({
        event: "media",
        media: { track: "inbound", payload },
      });
    }
  }

  isCleared(): Promise<void> {
    return this.#room.until("the clear", () => this.#wasCleared);
  }

  hasHeard(bytes: number): Promise<void> {
    return this.#room.until(
      `${bytes} bytes of audio`,
      () => this.#received >= bytes,
    );
  }

  heard(): Buffer {
    return Buffer.concat(this.#audio);
  }

  heardPcm(): Buffer {
    return decodeMulaw(this.heard());
  }

  async hangUp(): Promise<void> {
    await this.#send({ event: "stop", stop: {} });
    this.#socket.close();
    await once(this.#socket, "close");
  }

  #begin(): void {
    this.#socket.send(
      JSON.stringify({
        event: "connected",
        protocol: "Call",
        version: "1.0.0",
      }),
    );
    this.#say({
      event: "start",
      start: {
        streamSid: this.streamSid,
        tracks: ["inbound"],
        mediaFormat: {
          encoding: "audio/x-mulaw",
          sampleRate: SAMPLE_RATE,
          channels: 1,
        },
      },
    });
  }

  #take(said: FromFlow): void {
    this.addressed.add(said.streamSid);
    switch (said.event) {
      case "media":
        return this.#play(Buffer.from(said.media.payload, "base64"));
      case "mark": {
        const mark = { name: said.mark.name, at: this.#received };
        if (this.#listensAtOnce) this.#say(sentBack(mark));
        else this.#marks.push(mark);
        return;
      }
      case "clear":
        this.#wasCleared = true;
        // The buffer is empty: all marks in it are due.
        for (const mark of this.#marks.splice(0)) this.#say(sentBack(mark));
    }
  }

  #play(audio: Buffer): void {
    this.#audio.push(audio);
    this.#received += audio.length;
  }

  #send(said: object): Promise<void> {
    return new Promise((resolve, reject) =>
      this.#say(said, (error) => (error ? reject(error) : resolve())),
    );
  }

  #say(said: object, done?: (error?: Error | null) => void): void {
    const { streamSid } = this;
    const sequenceNumber = String(++this.#sequence);
    this.#socket.send(
      JSON.stringify({ ...said, streamSid, sequenceNumber }),
      done,
    );
  }
}

function sentBack({ name }: Mark): object {
  return { event: "mark", mark: { name } };
}
