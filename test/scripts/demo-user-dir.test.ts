import assert from "node:assert/strict";
import {
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  credentialSecretFile,
  prepareDemoUserDir,
} from "../../scripts/demo-user-dir";
import { readExample, type FlowNode } from "../../scripts/flow-file";
import { packageRoot } from "../../scripts/user-dir";

describe("prepareDemoUserDir", () => {
  let userDir: string;
  beforeEach(
    () => (userDir = mkdtempSync(path.join(tmpdir(), "voice-live-user-dir-"))),
  );
  afterEach(() => rmSync(userDir, { recursive: true }));

  const flowFile = () => path.join(userDir, "flows.json");
  const readFlow = () =>
    JSON.parse(readFileSync(flowFile(), "utf8")) as FlowNode[];
  const isTab = (node: FlowNode) => node.type === "tab";

  it("loads the demo flow, its reply beside it, and the talk page into an empty directory", () => {
    prepareDemoUserDir(userDir, false);
    const reply = {
      name: "REPLY_FILE",
      type: "str",
      value: path.join(userDir, "reply.wav"),
    };
    assert.deepEqual(readFlow().find(isTab)?.["env"], [reply]);
    assert.deepEqual(
      readFlow().filter((node) => !isTab(node)),
      ["First conversation", "Talk page"].flatMap((name) =>
        readExample(name).filter((node) => !isTab(node)),
      ),
    );
  });

  it("puts the package where npm would install it", () => {
    prepareDemoUserDir(userDir, false);
    const installed = path.join(
      userDir,
      "node_modules/@voicewire/node-red-voice-live",
    );
    assert.equal(realpathSync(installed), realpathSync(packageRoot));
  });

  it("keeps a flow that the user has edited", () => {
    writeFileSync(flowFile(), "[]");
    prepareDemoUserDir(userDir, false);
    assert.deepEqual(readFlow(), []);
  });

  it("loads the flow afresh on reset and keeps the secret of stored credentials", () => {
    prepareDemoUserDir(userDir, false);
    const secret = readFileSync(credentialSecretFile(userDir), "utf8");
    writeFileSync(flowFile(), "[]");
    prepareDemoUserDir(userDir, true);
    assert.notDeepEqual(readFlow(), []);
    assert.equal(readFileSync(credentialSecretFile(userDir), "utf8"), secret);
  });
});
