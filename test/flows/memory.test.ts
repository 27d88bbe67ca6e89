import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { linkPackage } from "../../scripts/user-dir";
import { startNodeRed, type NodeRed } from "../support/node-red";

const SESSION = "session";
const FLOWS = [
  { id: "tab", type: "tab", label: "Memory" },
  { id: "resource", type: "voice-live-resource", service: "simulator" },
  {
    id: SESSION,
    type: "voice-live-session",
    resource: "resource",
    target: "model",
    model: "gpt-realtime",
    settings: { modalities: ["text"] },
    conversations: "one",
    connect: "deploy",
    historyStore: "disk",
  },
  inject("say", "My name is Ada.", "message"),
  {
    id: "message",
    type: "voice-live-message",
    z: "tab",
    session: SESSION,
    wires: [],
  },
  inject("export", "", "control"),
  {
    id: "control",
    type: "voice-live-control",
    z: "tab",
    session: SESSION,
    action: "history-export",
    wires: [],
  },
  node("transcript", "voice-live-transcript"),
  node("event", "voice-live-event", { kinds: ["ready", "history"] }),
];

function inject(id: string, payload: string, to: string) {
  return {
    id,
    type: "inject",
    z: "tab",
    props: [{ p: "payload" }],
    payload,
    payloadType: "str",
    wires: [[to]],
  };
}

function node(id: string, type: string, more: object = {}) {
  return { id, type, z: "tab", session: SESSION, ...more, wires: [["sink"]] };
}

interface Exported {
  readonly items: readonly { role: string; text: string }[];
}

async function exported(nodeRed: NodeRed): Promise<Exported> {
  const from = nodeRed.sent.length;
  await nodeRed.inject("export");
  const { msg } = await nodeRed.waitForSent(
    "the history",
    ({ id, msg: { topic } }) => id === "event" && topic === "history",
    from,
  );
  return msg["payload"] as Exported;
}

describe("Memory in a context store", function () {
  this.timeout(60_000);

  let userDir: string;
  before(() => {
    userDir = mkdtempSync(path.join(tmpdir(), "voice-live-memory-"));
    linkPackage(userDir);
  });
  after(() => rmSync(userDir, { recursive: true, force: true }));

  it("is there again after Node-RED was stopped and started", async () => {
    const flows = [
      ...FLOWS,
      { id: "sink", type: "debug", z: "tab", active: false, wires: [] },
    ];
    const first = await startNodeRed({ userDir, flows });
    let before: Exported;
    try {
      await first.waitForSent(
        "the session to be ready",
        ({ msg }) => msg["topic"] === "ready",
      );
      await first.inject("say");
      await first.waitForSent(
        "the answer",
        ({ id, msg }) => id === "transcript" && msg["topic"] === "assistant",
      );
      before = await exported(first);
    } finally {
      await first.stop();
    }
    assert.equal(before.items[0]?.text, "My name is Ada.");
    assert.equal(before.items.length, 2);

    const second = await startNodeRed({ userDir, flows });
    try {
      await second.waitForSent(
        "the session to be ready",
        ({ msg }) => msg["topic"] === "ready",
      );
      assert.deepEqual((await exported(second)).items, before.items);
    } finally {
      await second.stop();
    }
  });
});
