import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  demoName,
  exampleNames,
  readExample,
  withReplyFile,
  type FlowNode,
} from "../../scripts/flow-file";
import { packageRoot } from "../../scripts/user-dir";
import { NODE_TYPES } from "../support/node-types";
import { installTarball, packInto } from "../../scripts/pack";
import { startNodeRed, type NodeRed } from "../support/node-red";

interface Manifest {
  readonly name: string;
}
const manifest = JSON.parse(
  readFileSync(path.join(packageRoot, "package.json"), "utf8"),
) as Manifest;

interface NodeSet {
  readonly module: string;
  readonly name: string;
  readonly types: readonly string[];
  readonly err?: unknown;
}

const compat = path.join(packageRoot, "compat", "node_modules");
const editions = [
  {
    title: "Node-RED 4",
    nodeRed: path.dirname(require.resolve("node-red/package.json")),
    execPath: process.execPath,
  },
  {
    title: "Node-RED 5",
    nodeRed: path.join(compat, "node-red"),
    execPath: path.join(compat, "node-22", "bin", "node"),
  },
];

// A newly installed package downloads its dependencies; two of them are on the way of every first run.
const installLimitMs = 300_000;

describe("the packed package", function () {
  this.timeout(installLimitMs);
  let folder: string;
  let tarball: string;

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "voice-live-install-"));
    tarball = await packInto(folder);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const { title, nodeRed, execPath } of editions) {
    describe(`in an empty user directory of ${title}`, () => {
      let userDir: string;
      let running: NodeRed | undefined;

      before(async function () {
        if (!existsSync(nodeRed) || !existsSync(execPath)) {
          console.log(
            `      ${title} is not installed: npm run test:compat installs it into compat/`,
          );
          this.skip();
        }
        userDir = path.join(folder, title);
        mkdirSync(userDir);
        writeFileSync(path.join(userDir, "package.json"), "{}");
        await installTarball(tarball, userDir);
        running = await startNodeRed({ userDir, nodeRed, execPath });
      });
      after(() => running?.stop());

      function started(): NodeRed {
        assert.ok(running);
        return running;
      }

      it("shows every node", async () => {
        const sets = (await started().request(
          "GET",
          "nodes",
        )) as readonly NodeSet[];
        const ours = sets.filter(({ module }) => module === manifest.name);
        assert.deepEqual(
          ours.map(({ name, types, err }) => ({ name, types, err })),
          [{ name: "voice-live", types: NODE_TYPES, err: undefined }],
        );
      });

      it("offers every example, and each deploys without an error", async () => {
        const names = await listExamples(started());
        assert.deepEqual(names.toSorted(), exampleNames());
        for (const name of names) await deployExample(started(), name);
      });

      it("talks in the demo flow", async () => {
        const from = started().sent.length;
        await started().deploy(
          withReplyFile(readExample(demoName), path.join(userDir, "reply.wav")),
        );
        const isReply = (msg: Readonly<Record<string, unknown>>) =>
          msg["topic"] === "assistant" &&
          /sunny in Lisbon/.test(String(msg["payload"]));
        await started().waitForSent(
          "the answer about the weather",
          ({ type, msg }) => type === "voice-live-transcript" && isReply(msg),
          from,
        );
        const audio = started()
          .sent.slice(from)
          .filter(
            ({ type, port }) => type === "voice-live-audio-out" && port === 0,
          );
        assert.ok(audio.length > 10, `${audio.length} audio messages`);
      });
    });
  }
});

/** What the editor's import dialog offers. */
async function listExamples(nodeRed: NodeRed): Promise<readonly string[]> {
  const listed = (await nodeRed.request(
    "GET",
    `library/examples/flows/${manifest.name}`,
  )) as readonly { fn: string }[];
  return listed.map(({ fn }) => fn);
}

async function deployExample(nodeRed: NodeRed, name: string): Promise<void> {
  const flow = (await nodeRed.request(
    "GET",
    `library/examples/flows/${manifest.name}/${encodeURIComponent(name)}`,
  )) as FlowNode[];
  const logged = nodeRed.logs.length;
  await nodeRed.deploy(
    withReplyFile(flow, path.join(nodeRed.userDir, "reply.wav")),
  );
  const ids = new Set(flow.map(({ id }) => id));
  const problems = nodeRed.logs
    .slice(logged)
    .filter((line) => /\[(warn|error)\]|Waiting for missing types/.test(line))
    // A sound card that is not there may be told of when the next example has come.
    .filter((line) =>
      ids.has(
        /\[voice-live-[a-z-]+:([^\]]+)\]/.exec(line)?.[1] ?? flow[0]?.id ?? "",
      ),
    );
  assert.deepEqual(problems, [], name);
}
