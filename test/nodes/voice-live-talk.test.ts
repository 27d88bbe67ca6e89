import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import RED from "node-red";
import { useNodeRed, type NodeConfig } from "../support/flow";
import { TestPage } from "../support/page";
import { speak } from "../support/page-talk";

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
    await nodeRed.deploy({
      nodes,
      resource: { script: "echo" },
      session: KEYED,
    });
    const page = openPage();
    await page.enter();
    speak(page);
    const stream = await page.message("audio");
    assert.equal(stream.rate, 24_000);
    await page.until("sound", () => (page.sound.get(1)?.length ?? 0) > 0);
  });
});
