import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import path from "node:path";

const root = path.resolve(__dirname, "../..");

/** Files of the package and packages besides, by a script that has `loaded` print what has been loaded by then. */
function loadedBy(script: string): string[] {
  const program = `
    const root = ${JSON.stringify(root)};
    const nodes = Object.values(require(root + "/package.json")["node-red"].nodes);
    const nothing = new Proxy(function () {}, {
      get: (target, name) => (name === Symbol.toPrimitive ? () => "" : nothing),
      apply: () => nothing,
    });
    const load = () => nodes.map((file) => require(root + "/" + file).default);
    ${script}
    process.stdout.write(JSON.stringify(Object.keys(require.cache)));`;
  const out = execFileSync(process.execPath, ["-e", program], {
    encoding: "utf8",
    cwd: root,
  });
  return (JSON.parse(out) as string[]).map((file) =>
    path.relative(root, file).split(path.sep).join("/"),
  );
}

function among(files: readonly string[], part: string): string[] {
  return files.filter((file) => file.includes(part));
}

describe("A start of Node-RED", () => {
  it("loads one file and nothing else of the package, nor any other package", () => {
    const files = loadedBy("load();");
    assert.deepEqual(files.toSorted(), [
      "dist/nodes/voice-live.js",
      "package.json",
    ]);
  });

  it("needs no more than what registers them to have all nodes registered", () => {
    const files = loadedBy("for (const register of load()) register(nothing);");
    assert.deepEqual(among(files, "node_modules/"), []);
    assert.deepEqual(among(files, "dist/lib/"), []);
    assert.deepEqual(among(files, "dist/nodes/voice-live-").toSorted(), [
      "dist/nodes/voice-live-microphone.js",
      "dist/nodes/voice-live-resource.js",
      "dist/nodes/voice-live-session.js",
      "dist/nodes/voice-live-speaker.js",
      "dist/nodes/voice-live-talk.js",
    ]);
    assert.deepEqual(among(files, "dist/nodes/shared/").toSorted(), [
      "dist/nodes/shared/register-node.js",
      "dist/nodes/shared/session-talk.js",
      "dist/nodes/shared/sound-card.js",
      "dist/nodes/shared/trials.js",
    ]);
  });

  it("needs neither identities nor schemas nor the simulator for a conversation with a key and without functions", () => {
    const files = loadedBy(`
      const { ConversationHub, HandshakeBudget } = require(root + "/dist/lib/client");
      const hub = new ConversationHub({
        access: { apiVersion: "2026-07-15", budget: new HandshakeBudget(10), locate: () => new Promise(() => {}) },
        target: { target: "model", model: "gpt-realtime" },
        settings: {}, greeting: { mode: "none" }, echo: "none", maxConversations: 1, idleMs: 0,
      });
      hub.open("one").connect();
      hub.close();`);
    assert.ok(files.includes("dist/lib/client/transport.js"));
    assert.notDeepEqual(among(files, "node_modules/ws/"), []);
    assert.deepEqual(among(files, "node_modules/@azure/"), []);
    assert.deepEqual(among(files, "node_modules/ajv/"), []);
    assert.deepEqual(among(files, "lib/simulator/"), []);
  });
});
