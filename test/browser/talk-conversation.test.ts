import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  type SimulatedSession,
  type Simulator,
  startSimulator,
} from "../../lib/simulator";
import { linkPackage, packageRoot } from "../../scripts/user-dir";
import { findIn, samplesOf } from "../support/alignment";
import { type NodeRed, startNodeRed } from "../support/node-red";
import { silent, voiceLike } from "../support/voice-like";
import {
  launchTalkBrowser,
  openTalkPage,
  SESSION_OF_PAGES,
  type OpenPage,
  type TalkBrowser,
} from "./talk-page";
import {
  MICROPHONE_RATE,
  MOST,
  partHeard,
  playedAt,
  type Tap,
} from "./talk-tap";

const LIMIT_MS = 60_000;
const RATE = 24_000;
const SESSION = "session";

const FLOWS = [
  { id: "tab", type: "tab", label: "Talk" },
  {
    id: SESSION,
    ...SESSION_OF_PAGES,
    historyStore: "written",
  },
  node("page", "voice-live-talk", [["in"], []], {
    path: "talk",
    title: "Echo",
    access: "loopback",
  }),
  node("in", "voice-live-audio-in", []),
  node("out", "voice-live-audio-out", [["page"], ["page"]]),
];

function node(
  id: string,
  type: string,
  wires: readonly (readonly string[])[],
  more: object = {},
) {
  return { id, type, z: "tab", session: SESSION, ...more, wires };
}

/** Words of someone: a second of silence, then each stretch of speech with the pause behind it, ms. */
function speech(
  seed: number,
  ...stretches: readonly (readonly [spoken: number, pause: number])[]
): { readonly said: Buffer; readonly words: readonly Buffer[] } {
  const words = stretches.map(([ms], index) =>
    voiceLike(seed + index, ms, MICROPHONE_RATE),
  );
  const pauses = stretches.map(([, ms]) => silent(ms, MICROPHONE_RATE));
  const parts = words.flatMap((word, index) => [word, pauses[index]!]);
  return {
    said: Buffer.concat([silent(1_000, MICROPHONE_RATE), ...parts]),
    words,
  };
}

const ANN = speech(10, [1_200, 0]);
const BEN = speech(20, [1_200, 0]);
/** Speaks again while the answer, which begins about a second after the first words, is still being heard. */
const CAT = speech(30, [2_200, 2_200], [1_200, 0]);

interface Runtime {
  readonly name: string;
  readonly nodeRed?: string;
  readonly execPath?: string;
}

const compat = path.join(packageRoot, "compat", "node_modules");
const RUNTIMES: readonly Runtime[] = [
  { name: "Node-RED 4" },
  {
    name: "Node-RED 5",
    nodeRed: path.join(compat, "node-red"),
    execPath: path.join(compat, "node-24", "bin", "node"),
  },
];

describe("Talk page in conversation, in a browser", function () {
  this.timeout(LIMIT_MS);
  const browsers: TalkBrowser[] = [];

  before(async function () {
    const launched = [ANN, BEN, CAT].map(({ said }) =>
      launchTalkBrowser(this, said),
    );
    browsers.push(...(await Promise.all(launched)));
  });
  after(() => Promise.all(browsers.map((browser) => browser.close())));

  for (const runtime of RUNTIMES)
    describe(runtime.name, () => describeOn(runtime, browsers));
});

function describeOn(runtime: Runtime, browsers: readonly TalkBrowser[]): void {
  let simulator: Simulator;
  let userDir: string;
  let nodeRed: NodeRed;
  let open: OpenPage[] = [];

  before(async function () {
    if (runtime.execPath && !existsSync(runtime.execPath)) {
      console.log("      not installed: npm run test:compat installs it");
      this.skip();
    }
    simulator = await startSimulator({ script: "echo" });
    userDir = mkdtempSync(path.join(tmpdir(), "voice-live-talk-"));
    linkPackage(userDir);
    writeFileSync(
      path.join(userDir, "flows_cred.json"),
      JSON.stringify({ resource: { apiKey: "simulated" } }),
    );
    nodeRed = await begin("0");
  });
  after(async () => {
    await nodeRed?.stop();
    await simulator?.close();
    if (userDir) rmSync(userDir, { recursive: true, force: true });
  });
  afterEach(async () => {
    await Promise.all(open.map((page) => page.close()));
    open = [];
  });

  function begin(port: string): Promise<NodeRed> {
    const resource = {
      id: "resource",
      type: "voice-live-resource",
      service: "azure",
      auth: "key",
      endpoint: simulator.url,
    };
    const { nodeRed: folder, execPath } = runtime;
    return startNodeRed({
      flows: [resource, ...FLOWS],
      userDir,
      env: { VOICE_LIVE_UI_PORT: port },
      ...(folder && { nodeRed: folder }),
      ...(execPath && { execPath }),
    });
  }

  async function start(who: number, hasTap = true): Promise<OpenPage> {
    const opened = await openTalkPage(browsers[who]!, `${nodeRed.url}talk/`, {
      hasTap,
    });
    open.push(opened);
    await opened.page.locator("#start").click();
    return opened;
  }

  const state = ({ page }: OpenPage, name: string) =>
    page.locator(`#status-dot[data-state="${name}"]`).waitFor();

  /** Speaks, is answered, and has heard the answer to its end. */
  async function answered(opened: OpenPage): Promise<void> {
    await state(opened, "speaking");
    await state(opened, "listening");
  }

  it("says back to two browsers at once what each has said, and to nobody what the other has", async () => {
    const pages = await Promise.all(
      [0, 1].map(async (who) => {
        const opened = await start(who);
        await answered(opened);
        return opened;
      }),
    );
    const heard = await Promise.all(
      pages.map(async (page) => playedAt(MICROPHONE_RATE, await page.heard())),
    );
    const words = [ANN, BEN].map((who) => who.words[0]!);
    for (const [one, other] of [
      [0, 1],
      [1, 0],
    ] as const) {
      const own = partHeard(words[one]!, heard[one]!, MICROPHONE_RATE);
      assert.ok(own >= MOST, `${own} of what was said`);
      const foreign = partHeard(words[other]!, heard[one]!, MICROPHONE_RATE);
      assert.equal(foreign, 0, `${foreign} of what the other one said`);
      const { page } = pages[one]!;
      await page
        .locator(".bubble.user")
        .filter({ hasText: "speech" })
        .waitFor();
      const reply = page.locator(".bubble.assistant");
      await reply.filter({ hasText: /echo of [\d.]+ s.*\d+ ms/s }).waitFor();
      assert.equal(await reply.count(), 1);
    }
  });

  it("stops at once when it is spoken to, and the service is told what was really heard", async () => {
    const before = new Set(simulator.sessions);
    const opened = await start(2);
    await state(opened, "speaking");
    await opened.page.locator(".bubble.assistant s").waitFor();
    await opened.page.locator(".bubble.assistant").nth(1).waitFor();
    await state(opened, "listening");
    const session = simulator.sessions.find((each) => !before.has(each))!;
    const truncation = session.received.find(
      ({ type }) => type === "conversation.item.truncate",
    );
    const tap = await opened.heard();
    const late = silenceAfterFlush(tap).at - tap.flushes[0]!;
    assert.ok(late <= 0.1, `silent ${late} s after the word to stop`);
    const heardMs = heardOfReply(tap, firstTurn(session));
    const toldMs = Number(truncation?.["audio_end_ms"]);
    assert.ok(
      Math.abs(heardMs - toldMs) <= 40,
      `${heardMs} ms were played, the service was told ${toldMs}`,
    );
    const heard = playedAt(MICROPHONE_RATE, tap);
    const again = partHeard(CAT.words[1]!, heard, MICROPHONE_RATE);
    assert.ok(again >= MOST, `${again} of the second words`);
  });

  it("comes back when Node-RED was killed, and the conversation goes on with its memory", async () => {
    const opened = await start(0, false);
    const { page } = opened;
    const type = async (words: string): Promise<void> => {
      await page.locator("#text").fill(words);
      await page.keyboard.press("Enter");
      await page
        .locator(".bubble.assistant")
        .filter({ hasText: words })
        .waitFor();
    };
    await state(opened, "listening");
    await type("My name is Ada.");
    await state(opened, "listening");
    const { port } = new URL(nodeRed.url);
    const before = new Set(simulator.sessions);
    const texts = await page.locator(".bubble").allInnerTexts();
    await nodeRed.kill();
    await page
      .locator("#banner")
      .filter({ hasText: /connection was lost/ })
      .waitFor();
    nodeRed = await begin(port);
    await page.locator("#banner").waitFor({ state: "hidden" });
    await type("Do you remember?");
    const session = simulator.sessions.find((each) => !before.has(each))!;
    const remembered = JSON.stringify(session.items.map(({ item }) => item));
    assert.match(remembered, /My name is Ada\./);
    assert.deepEqual(
      (await page.locator(".bubble").allInnerTexts()).slice(0, texts.length),
      texts,
    );
    assert.equal(await page.locator(".notice").count(), 0);
    assert.deepEqual(
      opened.complaints.filter((each) => /policy|refused to/i.test(each)),
      [],
    );
  });
}

/** What the service took as the user's first turn, which is what it says back. */
function firstTurn({ items }: SimulatedSession): Int16Array {
  const sound = items.find(({ sound: each }) => each)?.sound;
  assert.equal(sound?.sampleRate, RATE);
  return samplesOf(sound.pcm);
}

function silenceAfterFlush({ silences, flushes }: Tap) {
  const silence = silences.find(({ at }) => at >= flushes[0]!);
  assert.ok(silence, "it went silent");
  return silence;
}

/** How far into the reply the loudspeaker was when it went silent, ms. */
function heardOfReply(tap: Tap, reply: Int16Array): number {
  const end = (silenceAfterFlush(tap).index * RATE) / tap.rate;
  const played = samplesOf(playedAt(RATE, tap)).subarray(0, Math.round(end));
  // The last quantum fades out; what lies before it is as it came.
  const last = played.subarray(-4_096, -128);
  const { at, correlation } = findIn(reply, last);
  assert.ok(correlation > 0.9, `${correlation} of the end of what was heard`);
  return ((at + last.length + 128) * 1_000) / RATE;
}
