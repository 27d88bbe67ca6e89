import assert from "node:assert/strict";
import type { Clock } from "@sinonjs/fake-timers";
import { pickChannel } from "../../lib/audio";
import type {
  ConversationHub,
  HubOptions,
} from "../../lib/client/conversation-hub";
import {
  startSimulator,
  type SimulatedSession,
  type Simulator,
} from "../../lib/simulator";
import { recording } from "../simulator/sounds";
import { type Random, seeded } from "../support/random";
import { Room, type RoomOptions } from "../support/room";
import { connectOn, hubOn } from "../support/room-hub";
import { fakeTime } from "./fake-time";

const TURN_MS = 15_000;
const QUESTIONS = [
  "question-weather.wav",
  "question-light.wav",
  "question-both.wav",
  "question-hello.wav",
];
/** About nine seconds, with pauses: enough to be taken for a user many times over. */
const STORY =
  "You can ask me about the weather, switch a light, or hear a story. It is sunny in Lisbon, with 21 degrees.";

describe("A room where the microphone hears the loudspeaker", function () {
  this.timeout(60_000);

  let clock: Clock;
  let simulator: Simulator;
  let hub: ConversationHub;

  beforeEach(async () => {
    clock = fakeTime();
    simulator = await startSimulator({ behaviours: [() => [{ say: STORY }]] });
  });
  afterEach(async () => {
    hub.close();
    clock.uninstall();
    await simulator.close();
  });

  /** Someone asks something every 15 s. */
  async function talk(
    echo: HubOptions["echo"] & string,
    turns: number,
    random: Random,
    more: Partial<RoomOptions> = {},
  ): Promise<{
    room: Room;
    service: SimulatedSession;
    uplink: Buffer;
    types: string[];
  }> {
    hub = hubOn(simulator, { echo });
    hub.on("fault", (_conversation, fault) => assert.fail(fault.message));
    const service = await connectOn(simulator, hub);
    const parts: Buffer[] = [];
    const types: string[] = [];
    service.on("server", ({ type }) => types.push(type));
    if (echo === "client")
      service.on("client", (event) => {
        if (event.type === "input_audio_buffer.append")
          parts.push(Buffer.from(event.audio, "base64"));
      });
    const lastsMs = turns * TURN_MS;
    const room = new Room({ clock, hub, random, lastsMs, ...more });
    for (let turn = 0; turn < turns; turn++) {
      const pauseMs = random.between(5, 50) * 40;
      await room.pass(pauseMs);
      room.say(recording(random.pick(QUESTIONS)));
      await room.pass(TURN_MS - pauseMs);
    }
    return { room, service, uplink: Buffer.concat(parts), types };
  }

  const turnsIn = (types: readonly string[]): number =>
    types.filter((type) => type === "input_audio_buffer.speech_started").length;

  it("has no turn but the spoken ones in 10 minutes of half-duplex", async () => {
    await seeded(1, async (random) => {
      const { types, room } = await talk("half-duplex", 40, random);
      assert.equal(turnsIn(types), 40);
      assert.equal(types.filter((type) => type === "response.done").length, 40);
      assert.ok(
        room.speaker.filter((sample) => sample !== 0).length > 40 * 5 * 24_000,
      );
    });
  });

  it("talks with itself without", async () => {
    await seeded(1, async (random) => {
      const { types } = await talk("none", 4, random);
      assert.ok(turnsIn(types) > 8, `${turnsIn(types)} turns`);
    });
  });

  describe("with the client's reference", () => {
    it("says so in the address and in the settings", async () => {
      await seeded(2, async (random) => {
        const { service } = await talk("client", 0, random);
        const query = new URL(service.request.url, "ws://localhost")
          .searchParams;
        assert.equal(query.get("features"), "client_ec_reference:true");
        assert.deepEqual(service.settings.input_audio_echo_cancellation, {
          type: "server_echo_cancellation",
          reference_source: "client",
          channels: 2,
        });
      });
    });

    it("sends beside the microphone what sounds, aligned within 20 ms, also where replies are cut off", async () => {
      await seeded(3, async (random) => {
        const { room, uplink, types } = await talk("client", 4, random);
        const { lagMs, likeness } = alignment(uplink, room.speaker);
        assert.ok(Math.abs(lagMs) <= 20, `${lagMs} ms`);
        assert.ok(likeness >= 0.99, `correlation of ${likeness}`);
        // The simulator cancels nothing, so the assistant was cut off by its own voice.
        assert.ok(turnsIn(types) > 8);
      });
    });

    it("follows a loudspeaker that starts late and says so", async () => {
      await seeded(4, async (random) => {
        const late = { speakerLagMs: 180, reportEveryMs: 200 };
        const { room, uplink } = await talk("client", 4, random, late);
        const { lagMs, likeness } = alignment(uplink, room.speaker);
        assert.ok(Math.abs(lagMs) <= 20, `${lagMs} ms`);
        // Until the first report of a reply it is not known.
        assert.ok(likeness >= 0.8, `correlation of ${likeness}`);
      });
    });

    it("would be found out of step with a loudspeaker that starts late and does not", async () => {
      await seeded(4, async (random) => {
        const { room, uplink } = await talk("client", 4, random, {
          speakerLagMs: 180,
        });
        const { lagMs } = alignment(uplink, room.speaker);
        assert.equal(Math.round(lagMs), -180);
      });
    });
  });
});

/** How much the reference is behind what sounded, and how much it is like it there. The microphone begins with the room. */
function alignment(
  uplink: Buffer,
  speaker: Int16Array,
): { lagMs: number; likeness: number } {
  const right = pickChannel(uplink, 2, 1);
  const reference = Int16Array.from({ length: right.length / 2 }, (_, index) =>
    right.readInt16LE(index * 2),
  );
  let best = { lagMs: 0, likeness: -1 };
  const at = (lag: number, step: number): void => {
    const likeness = correlation(reference, speaker, lag, step);
    if (likeness > best.likeness) best = { lagMs: lag / 24, likeness };
  };
  // Speech is alike from one millisecond to the next: look everywhere first, then closely.
  for (let lag = -7_200; lag <= 7_200; lag += 12) at(lag, 12);
  const near = Math.round(best.lagMs * 24);
  best = { lagMs: 0, likeness: -1 };
  for (let lag = near - 12; lag <= near + 12; lag++) at(lag, 1);
  return best;
}

function correlation(
  reference: Int16Array,
  speaker: Int16Array,
  lag: number,
  step: number,
): number {
  let [both, ones, others] = [0, 0, 0];
  const from = Math.max(0, -lag);
  const to = Math.min(speaker.length, reference.length - lag);
  for (let at = from; at < to; at += step) {
    const [a, b] = [reference[at + lag]!, speaker[at]!]; // inside both
    both += a * b;
    ones += a * a;
    others += b * b;
  }
  return both / Math.sqrt(ones * others || 1);
}
