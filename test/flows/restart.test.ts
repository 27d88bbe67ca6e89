import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { FlowNode } from "../../scripts/flow-file";
import { linkPackage } from "../../scripts/user-dir";
import { startNodeRed, type NodeRed } from "../support/node-red";

/** Two starts of Node-RED, each of which takes some seconds on a busy machine. */
const TIMEOUT_MS = 90_000;

function flow(historyStore: string): readonly FlowNode[] {
  const place = { z: "tab", x: 0, y: 0, session: "session" };
  return [
    { id: "tab", type: "tab", label: "Talk" },
    { id: "resource", type: "voice-live-resource", service: "simulator" },
    {
      id: "session",
      type: "voice-live-session",
      resource: "resource",
      target: "model",
      model: "gpt-realtime",
      settings: { modalities: ["text"] },
      dayTokens: 1,
      historyStore,
    },
    {
      ...place,
      id: "ask",
      type: "inject",
      props: [{ p: "payload" }],
      payload: "Hello",
      payloadType: "str",
      wires: [["text"]],
    },
    { ...place, id: "text", type: "voice-live-message", wires: [] },
    {
      ...place,
      id: "event",
      type: "voice-live-event",
      kinds: ["ready", "closed"],
      wires: [["seen"]],
    },
    { ...place, id: "catch", type: "catch", wires: [["seen"]] },
    { ...place, id: "seen", type: "junction", wires: [] },
  ];
}

describe("a restart of Node-RED", function () {
  this.timeout(TIMEOUT_MS);
  let userDir: string;
  let nodeRed: NodeRed | undefined;

  beforeEach(() => {
    userDir = mkdtempSync(path.join(tmpdir(), "voice-live-"));
    linkPackage(userDir);
  });
  afterEach(async () => {
    await nodeRed?.stop();
    rmSync(userDir, { recursive: true, force: true });
  });

  const told = (from: string, topic?: string): Promise<unknown> =>
    nodeRed!.waitForSent(
      `${topic ?? "something"} from ${from}`,
      ({ id, msg }) =>
        id === from && (topic === undefined || msg["topic"] === topic),
    );

  async function useUpTheDay(store: string, next = flow(store)): Promise<void> {
    nodeRed = await startNodeRed({ userDir, flows: flow(store) });
    await told("event", "ready");
    await nodeRed.inject("ask");
    await told("event", "closed");
    await nodeRed.stop();
    nodeRed = await startNodeRed({ userDir, flows: next });
  }

  async function expectRefusal(): Promise<void> {
    const { msg } = await nodeRed!.waitForSent(
      "the refusal",
      ({ type, msg: sent }) =>
        type === "catch" && /a day/.test(JSON.stringify(sent["error"])),
    );
    assert.match(JSON.stringify(msg["error"]), /1 tokens a day/);
  }

  it("does not give the day's limits back where the history is kept on disk", async () => {
    await useUpTheDay("disk");
    await expectRefusal();
  });

  it("nor with a session node that cannot work at first, and is corrected", async () => {
    const broken = flow("disk").map((node) =>
      node.id === "session" ? { ...node, resource: "" } : node,
    );
    await useUpTheDay("disk", broken);
    await nodeRed!.deploy(flow("disk"));
    await expectRefusal();
  });

  it("begins a day anew where nothing is kept", async () => {
    await useUpTheDay("");
    await told("event", "ready");
  });
});
