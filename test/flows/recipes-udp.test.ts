import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import type { NodeRed } from "../support/node-red";
import { holdTwoConversations, startRecipe } from "./recipe";
import { UdpDevice } from "./udp-device";

const RECIPE = {
  name: "UDP devices",
  prefix: "udp-devices",
  rate: 16_000,
  bytesPerMs: 32,
};

describe("recipe UDP devices", function () {
  // Questions and answers are spoken in real time.
  this.timeout(60_000);

  let nodeRed: NodeRed | undefined;
  let devices: readonly UdpDevice[] = [];

  afterEach(async () => {
    for (const device of devices) device.close();
    await nodeRed?.stop();
  });

  it("gives each of two devices its own conversation, by its address and port", async () => {
    const port = await freePort();
    const running = await startRecipe(RECIPE, "echo", {
      "udp in": { port: String(port) },
      "udp out": { outport: String(port) },
    });
    nodeRed = running;
    await running.waitForLog(
      new RegExp(`\\[udp in:.*udp listener at .*:${port}$`),
    );
    const arrived = (from: number, count: number) =>
      running.waitFor(`${count} datagrams from port ${from}`, () =>
        datagrams(running, from) >= count ? true : undefined,
      );
    devices = await Promise.all([
      UdpDevice.open(port, arrived),
      UdpDevice.open(port, arrived),
    ]);
    await holdTwoConversations(running, RECIPE, devices);
    for (const device of devices) {
      await device.hears("end");
      assert.deepEqual(device.events, ["start", "end"]);
    }
  });
});

function datagrams({ sent }: NodeRed, from: number): number {
  return sent.filter(
    ({ id, msg }) => id === "udp-devices-in" && msg["port"] === from,
  ).length;
}

async function freePort(): Promise<number> {
  const socket = createSocket("udp4").bind(0);
  await once(socket, "listening");
  const { port } = socket.address();
  socket.close();
  await once(socket, "close");
  return port;
}
