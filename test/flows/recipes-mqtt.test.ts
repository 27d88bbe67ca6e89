import assert from "node:assert/strict";
import type { NodeRed } from "../support/node-red";
import { Mosquitto } from "./mosquitto";
import { MqttSatellite } from "./mqtt-satellite";
import {
  endsAllConversations,
  holdTwoConversations,
  interruptSlowDevice,
  startRecipe,
} from "./recipe";

const RECIPE = {
  name: "MQTT satellites",
  prefix: "mqtt-satellites",
  rate: 16_000,
  bytesPerMs: 32,
};

const VERSIONS = [
  { title: "MQTT 3.1.1", protocolVersion: 4 },
  { title: "MQTT 5", protocolVersion: 5 },
] as const;

describe("recipe MQTT satellites, with Mosquitto", function () {
  // Questions and answers are spoken in real time.
  this.timeout(60_000);

  let broker: Mosquitto | undefined;
  let nodeRed: NodeRed | undefined;
  let satellites: readonly MqttSatellite[] = [];

  before(function () {
    if (Mosquitto.isInstalled) return;
    console.log("      no Mosquitto found: install Debian's mosquitto");
    this.skip();
  });
  afterEach(async () => {
    await Promise.all(satellites.map((satellite) => satellite.close()));
    await nodeRed?.stop();
    await broker?.stop();
  });

  async function run(script: string, protocolVersion: 4 | 5): Promise<NodeRed> {
    broker = await Mosquitto.start();
    const { port } = broker;
    satellites = await Promise.all(
      ["kitchen", "hall"].map((name) =>
        MqttSatellite.connect(port, name, protocolVersion),
      ),
    );
    nodeRed = await startRecipe(RECIPE, script, {
      "mqtt-broker": {
        broker: "127.0.0.1",
        port: String(port),
        protocolVersion: String(protocolVersion),
      },
    });
    for (const topic of ["mic", "played", "status"])
      await broker.hasSubscriber(`voice/+/${topic}`);
    return nodeRed;
  }

  for (const { title, protocolVersion } of VERSIONS) {
    it(`gives each of two satellites its own conversation over ${title}`, async () => {
      const running = await run("echo", protocolVersion);
      await holdTwoConversations(running, RECIPE, satellites);
      for (const satellite of satellites) {
        await satellite.hears("end");
        assert.deepEqual(satellite.events, ["start", "end"]);
        await satellite.publish("status", "offline");
      }
      await endsAllConversations(running, RECIPE);
    });
  }

  it("takes played reports of a satellite, and tells it to flush", async () => {
    const running = await run("assistant", 5);
    const satellite = satellites[0]!; // there are two
    await interruptSlowDevice(
      running,
      RECIPE,
      satellite,
      (ms) => satellite.publish("played", String(ms)),
      () => satellite.hears("flush"),
    );
  });
});
