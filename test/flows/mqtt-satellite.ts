import { createRequire } from "node:module";
import { silence } from "../../lib/audio";
import type { Peer } from "./recipe";
import { WaitingRoom } from "./waiting-room";

/** What is used here of the client that Node-RED itself works with. */
interface MqttClient {
  on(
    event: "message",
    listener: (topic: string, payload: Buffer) => void,
  ): void;
  subscribeAsync(topics: readonly string[]): Promise<unknown>;
  publishAsync(topic: string, payload: Buffer | string): Promise<unknown>;
  endAsync(): Promise<void>;
}
interface MqttModule {
  connectAsync(url: string, options: object): Promise<MqttClient>;
}

const nodeRed = createRequire(require.resolve("node-red/package.json"));
const mqtt = createRequire(nodeRed.resolve("@node-red/nodes/package.json"))(
  "mqtt",
) as MqttModule;

const SAMPLE_RATE = 16_000;
/** 20 ms of 16 kHz PCM16. */
const PIECE_BYTES = 640;

/** A device of the example "MQTT satellites". */
export class MqttSatellite implements Peer {
  readonly events: string[] = [];
  readonly #name: string;
  readonly #client: MqttClient;
  readonly #audio: Buffer[] = [];
  readonly #room = new WaitingRoom();

  /** @param protocolVersion - 4 is MQTT 3.1.1 */
  static async connect(
    port: number,
    name: string,
    protocolVersion: 4 | 5,
  ): Promise<MqttSatellite> {
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, {
      protocolVersion,
      reconnectPeriod: 0,
    });
    const satellite = new MqttSatellite(name, client);
    await client.subscribeAsync([
      `voice/${name}/speaker`,
      `voice/${name}/event`,
    ]);
    return satellite;
  }

  private constructor(name: string, client: MqttClient) {
    this.#name = name;
    this.#client = client;
    client.on("message", (topic, payload) => {
      if (topic.endsWith("/speaker")) this.#audio.push(payload);
      else this.events.push(payload.toString());
      this.#room.wake();
    });
  }

  isSilent(): Promise<void> {
    return this.speak(silence(20, SAMPLE_RATE));
  }

  async speak(pcm: Buffer): Promise<void> {
    for (let at = 0; at < pcm.length; at += PIECE_BYTES)
      await this.publish("mic", pcm.subarray(at, at + PIECE_BYTES));
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

  /** Publishes on one of the satellite's own topics. */
  async publish(topic: string, payload: Buffer | string): Promise<void> {
    await this.#client.publishAsync(`voice/${this.#name}/${topic}`, payload);
  }

  close(): Promise<void> {
    return this.#client.endAsync();
  }
}
