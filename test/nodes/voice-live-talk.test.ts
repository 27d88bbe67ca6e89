import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import RED from "node-red";
import { useNodeRed, type NodeConfig, type TestFlow } from "../support/flow";
import { TestPage } from "../support/page";

const nodes: readonly NodeConfig[] = [
  {
    id: "talk",
    type: "voice-live-talk",
    access: "loopback",
    path: "talk",
    wires: [["in"], ["sink"]],
  },
  { id: "in", type: "voice-live-audio-in", wires: [] },
  { id: "out", type: "voice-live-audio-out", wires: [["talk"], ["talk"]] },
];
const KEYED = { conversations: "keyed", key: "_session.id" };

describe("voice-live-talk", () => {
  const nodeRed = useNodeRed();
  const pages: TestPage[] = [];
  afterEach(() => pages.splice(0).forEach((page) => page.close()));

  function openPage(path = "talk"): TestPage {
    const { port } = (
      RED as unknown as { server: { address(): AddressInfo } }
    ).server.address();
    const page = new TestPage(`ws://127.0.0.1:${port}/${path}/socket`);
    pages.push(page);
    return page;
  }

  it("carries a talk: microphone to the service, speech to the page", async () => {
    const flow = await nodeRed.deploy({
      nodes,
      resource: { script: "echo" },
      session: KEYED,
    });
    const page = openPage();
    await page.enter();
    await speak(flow, page);
    const stream = await page.message("audio");
    assert.equal(stream.rate, 24_000);
    await page.until("sound", () => (page.sound.get(1)?.length ?? 0) > 0);
  });
});

/** A second of tone, then silence, until the service hears the end of it. */
async function speak(flow: TestFlow, page: TestPage): Promise<void> {
  const frame = Buffer.alloc(1_920);
  for (let at = 0; at < 960; at++)
    frame.writeInt16LE(Math.round(8_000 * Math.sin(at / 4)), at * 2);
  for (let n = 0; n < 25; n++) page.socket.send(frame);
  for (let n = 0; n < 40; n++) page.socket.send(Buffer.alloc(1_920));
  await flow.until("audio to come", () => flow.from("talk").length >= 65);
}
