import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { useNodeRed, type Message, type TestFlow } from "../support/flow";
import { microphone } from "../support/microphone";
import { type Random, seeded } from "../support/random";
import { exchange } from "./fake-time";

const CONVERSATIONS = 50;
const SAMPLES_PER_MS = 24;

describe("Fifty conversations at once", function () {
  this.timeout(30_000);

  const nodeRed = useNodeRed();

  it("each hear their own audio again, sample for sample, in manual turns", async () => {
    await seeded(50, async (random) => {
      const flow = await deploy({ turn_detection: null });
      const devices = createDevices(random);
      for (let turn = 0; turn < 2; turn++) {
        for (const device of devices)
          device.record(
            random.noise(random.between(200, 1_500) * SAMPLES_PER_MS),
          );
        await talk(flow, devices, random);
        for (const { heard, said } of devices)
          assert.equal(digest(heard), digest(said));
      }
    });
  });

  it("each hear their own turn again, sample for sample, when the service finds it", async () => {
    await seeded(51, async (random) => {
      const flow = await deploy({ turn_detection: { type: "server_vad" } });
      const devices = createDevices(random);
      for (const device of devices)
        device.record(
          Buffer.concat([silence(300), speech(random), silence(1_000)]),
        );
      await talk(flow, devices, random);
      for (const { heard, said } of devices) {
        const [begin, end] = [
          300 * 2 * SAMPLES_PER_MS,
          said.length - 1_000 * 2 * SAMPLES_PER_MS,
        ];
        const at = said.indexOf(heard);
        assert.ok(
          at >= 0 && at % 2 === 0,
          "what is heard is a part of what was said",
        );
        assert.ok(
          at <= begin && at + heard.length >= end,
          "all speech is in it",
        );
      }
    });
  });

  function deploy(settings: object): Promise<TestFlow> {
    return nodeRed.deploy({
      nodes: [
        { id: "audio-in", type: "voice-live-audio-in", atEnd: "respond" },
        { id: "audio-out", type: "voice-live-audio-out", mode: "received" },
        {
          id: "event",
          type: "voice-live-event",
          kinds: ["error", "warning", "closed"],
        },
      ],
      resource: {
        service: "simulator",
        script: "echo",
        connectsPerMinute: 1_000,
      },
      session: { conversations: "keyed", connect: "input", settings },
    });
  }

  /** Everyone talks at once, in pieces of any length, until everyone has heard a reply to its end. */
  async function talk(
    flow: TestFlow,
    devices: readonly Device[],
    random: Random,
  ): Promise<void> {
    const byId = new Map(devices.map((device) => [device.id, device]));
    let seen = flow.sent.length;
    for (
      let talking = devices;
      talking.length > 0;
      talking = talking.filter((device) => !device.isSilent)
    )
      random.pick(talking).speak(random);
    while (!devices.every(({ isReplyOver }) => isReplyOver)) {
      await exchange();
      for (; seen < flow.sent.length; seen++) {
        const { id, port, msg } = flow.sent[seen]!; // the index is below the length
        assert.equal(id, "audio-out", JSON.stringify(msg));
        const device = byId.get(msg["_session"].id);
        assert.ok(device, "every message goes to a device");
        if (port === 0) device.hear(msg);
        else device.notice(msg);
      }
    }
  }
});

/** One of many behind the same socket server. */
class Device {
  readonly id: string;
  said: Buffer = Buffer.alloc(0);
  isReplyOver = false;
  #sentBytes = 0;
  #isSilent = true;
  #heard: Buffer[] = [];

  constructor(id: string) {
    this.id = id;
  }

  get heard(): Buffer {
    return Buffer.concat(this.#heard);
  }

  get isSilent(): boolean {
    return this.#isSilent;
  }

  record(pcm: Buffer): void {
    this.said = pcm;
    this.isReplyOver = false;
    this.#sentBytes = 0;
    this.#isSilent = false;
    this.#heard = [];
  }

  /** The next piece, cut anywhere, even inside a sample; then the end. */
  speak(random: Random): void {
    const payload = this.said.subarray(
      this.#sentBytes,
      this.#sentBytes + random.between(1, 9_600),
    );
    this.#sentBytes += payload.length;
    this.#isSilent = payload.length === 0;
    microphone("audio-in", {
      payload,
      _session: { type: "websocket", id: this.id },
    });
  }

  hear(msg: Message): void {
    assert.deepEqual(msg["_session"], { type: "websocket", id: this.id });
    assert.equal(msg.voice.conversation, this.id);
    assert.deepEqual(
      [msg["rate"], msg["channels"], msg["bits"], msg["encoding"]],
      [24_000, 1, 16, "signed-integer"],
    );
    this.#heard.push(msg.payload);
  }

  notice(msg: Message): void {
    if (msg.payload === "end") this.isReplyOver = true;
  }
}

function createDevices(random: Random): Device[] {
  return Array.from(
    { length: CONVERSATIONS },
    (_, index) => new Device(`${index}-${random.between(0, 1e9).toString(36)}`),
  );
}

function speech(random: Random): Buffer {
  return random.noise(random.between(400, 700) * SAMPLES_PER_MS, 0.3);
}

function silence(ms: number): Buffer {
  return Buffer.alloc(ms * 2 * SAMPLES_PER_MS);
}

function digest(pcm: Buffer): string {
  return createHash("sha256").update(pcm).digest("hex");
}
