import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { startSimulator, type Simulator } from "../../lib/simulator";
import type { FlowNode } from "../../scripts/flow-file";
import { linkPackage } from "../../scripts/user-dir";
import { PrivateAuthority } from "../support/certificates";
import { ConnectProxy } from "../support/connect-proxy";
import { startNodeRed, type NodeRed } from "../support/node-red";
import { findSecret, spellings, Telltale } from "../support/telltale";
import { TlsFront } from "../support/tls-front";

/** No pattern takes them for secrets: what hides them has to know them. */
const SECRETS = {
  key: "Canary/Key+of?the=Run",
  token: "Canary/Token+of?the=Run",
  proxy: "Canary/Pass+of?the=Run",
};
const LIMIT_MS = 60_000;

interface Scenario {
  readonly resource: object;
  readonly credentials?: object;
  /** What Catch has to hear for the run to count. */
  readonly codes: readonly string[];
}

describe("a canary key, token and password", function () {
  this.timeout(LIMIT_MS);
  let nodeRed: NodeRed | undefined;
  let telltale: Telltale;
  let simulator: Simulator;
  let proxy: ConnectProxy;
  let authority: PrivateAuthority;
  let front: TlsFront;
  let identity: Server;
  let userDir: string;

  before(async () => {
    telltale = await Telltale.start();
    simulator = await startSimulator({ apiKey: SECRETS.key });
    authority = new PrivateAuthority();
    front = await new TlsFront(
      telltale.port,
      authority.issue("DNS:localhost"),
    ).listen();
    proxy = await new ConnectProxy({ port: 1, answer: 407 }).listen();
    identity = await startIdentity();
    userDir = mkdtempSync(path.join(tmpdir(), "voice-live-canary-"));
    linkPackage(userDir);
  });
  after(async () => {
    await nodeRed?.stop();
    identity.close();
    for (const peer of [telltale, simulator, proxy, front]) await peer.close();
    authority.remove();
    rmSync(userDir, { recursive: true, force: true });
  });

  function scenarios(): Readonly<Record<string, Scenario>> {
    const at = (where: string): object => ({
      endpoint: `http://127.0.0.1:${telltale.port}/${where}`,
    });
    return {
      simulator: { resource: { endpoint: simulator.url }, codes: [] },
      refused: { resource: at("401"), codes: ["UNAUTHORIZED"] },
      failing: { resource: at("503"), codes: ["UNAVAILABLE"] },
      redirected: { resource: at("302"), codes: ["ENDPOINT"] },
      talking: {
        resource: at("talk"),
        codes: ["SERVICE", "RESPONSE", "TRANSCRIPTION", "FRAME", "CLOSED"],
      },
      token: {
        resource: { ...at("401"), auth: "managed-identity" },
        credentials: {},
        codes: ["UNAUTHORIZED"],
      },
      "bad-tls": {
        resource: { endpoint: `https://localhost:${front.port}/talk` },
        codes: ["TLS"],
      },
      proxied: {
        resource: { endpoint: "my-res", proxy: "proxy" },
        codes: ["PROXY"],
      },
    };
  }

  it("show nowhere in a run of everything that repeats them", async () => {
    const all = scenarios();
    nodeRed = await startNodeRed({
      userDir,
      env: {
        VOICE_LIVE_LOG_LEVEL: "trace",
        VOICE_LIVE_CREDENTIAL_SECRET: "of the test",
        DEBUG: "https-proxy-agent",
        IDENTITY_ENDPOINT: `http://127.0.0.1:${portOf(identity)}/token`,
        IDENTITY_HEADER: "of the test",
      },
    });
    const { resources, rest } = flowOf(all, proxy.port);
    await nodeRed.deploy([...resources, ...rest]);
    await everythingHappened(nodeRed, all);
    await nodeRed.inject("press");
    await nodeRed.waitForSent(
      "the simulator's reply",
      ({ id }) => id === "transcript-simulator",
    );

    // The editor sends no credentials that were not typed anew.
    const saved = resources.map((node) => ({
      ...node,
      credentials: undefined,
    }));
    await nodeRed.deploy([...saved, ...rest]);
    await everythingHappened(nodeRed, all, nodeRed.sent.length);
    const shown = await adminAnswers(nodeRed, Object.keys(all));
    await nodeRed.stop();

    expectSilence({
      "the admin API": shown,
      "the log at trace level": nodeRed.logs.join("\n"),
      "messages, at Catch and of event nodes too": JSON.stringify(nodeRed.sent),
      "node statuses": JSON.stringify([...nodeRed.statuses]),
      "addresses that were asked for": JSON.stringify([
        telltale.requests.map(({ url }) => url),
        proxy.connects.map(({ url }) => url),
      ]),
      ...filesOf(userDir),
    });
  });

  it("reached the peers that repeated them", () => {
    const seen = JSON.stringify([
      telltale.requests.map(({ headers }) => headers),
      proxy.connects.map(({ headers }) => headers),
    ]);
    for (const [name, secret] of Object.entries(SECRETS))
      assert.ok(findSecret(seen, secret), name);
  });

  it("would have been found in any spelling", () => {
    for (const spelling of spellings(SECRETS.key))
      assert.ok(findSecret(`before ${spelling} after`, SECRETS.key), spelling);
    assert.equal(findSecret("before … after", SECRETS.key), undefined);
  });
});

/** The identity of a machine in Azure, as App Service gives it. */
async function startIdentity(): Promise<Server> {
  const server = createServer((_request, response) => {
    const expires_on = Math.floor(Date.now() / 1000) + 3_600;
    response.setHeader("Content-Type", "application/json");
    response.end(
      JSON.stringify({
        access_token: SECRETS.token,
        expires_on: String(expires_on),
        resource: "https://ai.azure.com",
        token_type: "Bearer",
      }),
    );
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

/** A tab on which every message is kept in a context that is written to disk. */
function flowOf(
  scenarios: Readonly<Record<string, Scenario>>,
  proxyPort: number,
): {
  readonly resources: readonly FlowNode[];
  readonly rest: readonly FlowNode[];
} {
  const place = { z: "tab", x: 0, y: 0, wires: [["keep"], ["keep"]] };
  const names = Object.keys(scenarios);
  const resources = Object.entries(scenarios).map(
    ([name, { resource, credentials = { apiKey: SECRETS.key } }]) => ({
      id: `resource-${name}`,
      type: "voice-live-resource",
      service: "azure",
      ...resource,
      credentials,
    }),
  );
  const proxy = {
    id: "proxy",
    type: "http proxy",
    url: `http://localhost:${proxyPort}`,
    noproxy: [],
    credentials: { username: "anna", password: SECRETS.proxy },
  };
  return {
    resources: [proxy, ...resources],
    rest: [
      { id: "tab", type: "tab", label: "canary" },
      ...names.flatMap((name) => {
        const session = `session-${name}`;
        return [
          {
            id: session,
            type: "voice-live-session",
            resource: `resource-${name}`,
            target: "model",
            model: "gpt-realtime",
            settings: {},
          },
          { id: `text-${name}`, type: "voice-live-message", session, ...place },
          {
            id: `event-${name}`,
            type: "voice-live-event",
            session,
            raw: true,
            ...place,
          },
          {
            id: `transcript-${name}`,
            type: "voice-live-transcript",
            session,
            ...place,
          },
        ];
      }),
      { id: "catch", type: "catch", ...place },
      { id: "status", type: "status", scope: null, ...place },
      {
        id: "keep",
        type: "function",
        func: 'flow.set("m" + Date.now() + Math.random().toString(36).slice(2), msg, "disk");',
        outputs: 0,
        ...place,
        wires: [],
      },
      {
        id: "press",
        type: "inject",
        payload: "Hello.",
        payloadType: "str",
        ...place,
        wires: [["text-simulator"]],
      },
    ],
  };
}

/** Until each scenario has come to its end at Catch. */
async function everythingHappened(
  nodeRed: NodeRed,
  scenarios: Readonly<Record<string, Scenario>>,
  from = 0,
): Promise<void> {
  for (const [name, { codes }] of Object.entries(scenarios))
    for (const code of codes)
      await nodeRed.waitForSent(
        `VOICE_LIVE_${code} of ${name}`,
        ({ id, msg }) => {
          const error = msg["error"] as
            { code?: string; source: { id: string } } | undefined;
          return (
            id === "catch" &&
            error?.code === `VOICE_LIVE_${code}` &&
            error.source.id.endsWith(`-${name}`)
          );
        },
        from,
      );
}

/** What the editor and everybody with access to it can ask for. */
async function adminAnswers(
  nodeRed: NodeRed,
  names: readonly string[],
): Promise<string> {
  const answers = [
    "flows",
    "flow/tab",
    "settings",
    "context/global",
    "context/flow/tab?store=disk",
    "credentials/http%20proxy/proxy",
    ...names.map((name) => `credentials/voice-live-resource/resource-${name}`),
  ].map((where) => nodeRed.request("GET", where));
  return JSON.stringify(await Promise.all(answers));
}

/** All files of the user directory but installed packages, by name. */
function filesOf(folder: string): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(
      (entry) => entry.isFile() && !entry.parentPath.includes("node_modules"),
    )
    .map((entry) => path.join(entry.parentPath, entry.name));
  const names = files.map((file) => path.basename(file));
  for (const needed of ["flows.json", "flows_cred.json", "flow.json"])
    assert.ok(names.includes(needed), `${needed} is among ${names.join()}`);
  return Object.fromEntries(
    files.map((file) => [file, readFileSync(file, "utf8")]),
  );
}

function expectSilence(places: Readonly<Record<string, string>>): void {
  for (const [place, text] of Object.entries(places)) {
    assert.ok(text.length > 10, `${place} has something in it`);
    for (const [name, secret] of Object.entries(SECRETS))
      assert.equal(findSecret(text, secret), undefined, `${name} in ${place}`);
  }
}
