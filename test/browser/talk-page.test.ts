import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import path from "node:path";
import { LANGUAGE_NAMES } from "../../page/model/language";
import { INPUT_RATE, type PageClient, PageServer } from "../page/page-server";
import { silent, voiceLike } from "../support/voice-like";
import {
  launchTalkBrowser,
  openTalkPage,
  type OpenPage,
  type PageChoices,
  seriousIssues,
  type TalkBrowser,
} from "./talk-page";
import { MICROPHONE_RATE, MOST, partHeard } from "./talk-tap";

/** Starting a browser on a busy machine. */
const LIMIT_MS = 30_000;
const RATE = 24_000;
const SPEECH = voiceLike(3, 1_500, MICROPHONE_RATE);

interface Painted {
  readonly looks: number;
  readonly frames: number;
  readonly levels: number;
  readonly moves: number;
}

/** Counts looks at the levels, frames asked for, levels shown or told, and moves of the wave; the microphone is closed. */
const COUNT_PAINTING = `(() => {
  localStorage.setItem("voice-live-talk", JSON.stringify({ mode: "push" }));
  const counts = { looks: 0, frames: 0, levels: 0, moves: 0 };
  const waits = [];
  globalThis.painted = { after: (looks) => new Promise((resolve) => {
    if (counts.looks >= looks) resolve({ ...counts });
    else waits.push({ looks, resolve });
  }) };
  const count = (owner, name, what) => {
    const call = owner[name];
    owner[name] = function (...more) {
      counts[what] += 1;
      for (const wait of waits) if (wait.looks === counts.looks) wait.resolve({ ...counts });
      return call.apply(this, more);
    };
  };
  count(globalThis, "requestAnimationFrame", "frames");
  count(CanvasRenderingContext2D.prototype, "drawImage", "moves");
  count(AnalyserNode.prototype, "getFloatTimeDomainData", "looks");
  new MutationObserver((changes) => (counts.levels += changes.length)).observe(document, {
    subtree: true, attributes: true, attributeFilter: ["style", "aria-valuenow"],
  });
})();`;

/** Compiled tests lie one folder deeper than their sources. */
function rootOf(folder: string): string {
  return existsSync(path.join(folder, "package.json"))
    ? folder
    : rootOf(path.dirname(folder));
}

describe("Talk page in a browser, with a node that only listens", function () {
  this.timeout(LIMIT_MS);
  const folder = path.join(rootOf(__dirname), "dist", "page");
  let browser: TalkBrowser | undefined;
  let server: PageServer;
  let open: OpenPage;

  before(async function () {
    browser = await launchTalkBrowser(
      this,
      Buffer.concat([silent(1_000, MICROPHONE_RATE), SPEECH]),
    );
  });
  after(() => browser?.close());

  beforeEach(async () => {
    server = new PageServer({ folder, base: "/red/kitchen/talk/" });
    await server.listen();
  });
  afterEach(async () => {
    await open.close();
    await server.close();
  });

  async function show(choices: PageChoices = {}, hash = ""): Promise<void> {
    open = await openTalkPage(browser!, server.url + hash, choices);
  }

  async function start(choices: PageChoices = {}): Promise<PageClient> {
    await show(choices);
    await open.page.locator("#start").click();
    return server.client(0);
  }

  const text = (selector: string): Promise<string> =>
    open.page.locator(selector).innerText();

  it("sends what the microphone hears, at the session's rate", async () => {
    const client = await start();
    const wanted = 2.9 * INPUT_RATE * 2;
    const heard = await server.until(() => {
      const all = Buffer.concat(client.frames);
      return all.length >= wanted ? all : undefined;
    });
    assert.ok(client.frames.every(({ length }) => length === 1_920));
    const sent = partHeard(SPEECH, heard, INPUT_RATE);
    assert.ok(sent >= MOST, `${sent} of what was said`);
    assert.deepEqual(open.complaints, []);
  });

  it("says where the simulator answers that it understands no speech, and only there", async () => {
    const notice = () => open.page.locator("#simulated");
    await start();
    assert.equal(await notice().isVisible(), false);
    await open.close();
    await server.close();
    server = new PageServer({
      folder,
      base: "/red/kitchen/talk/",
      isSimulated: true,
    });
    await server.listen();
    await start();
    await notice().waitFor();
    assert.match(await text("#simulated"), /not what you say/);
    assert.deepEqual(await seriousIssues(open.page), []);
  });

  it("says while the conversation is being recorded that it is", async () => {
    const client = await start();
    const notice = () => open.page.locator("#recorded");
    assert.equal(await notice().isVisible(), false);
    client.send({ type: "recorded", isRecorded: true });
    await notice().filter({ hasText: "is being recorded" }).waitFor();
    assert.deepEqual(await seriousIssues(open.page), []);
    await open.page.locator("#settings-open").click();
    await open.page.locator("#language").selectOption("de");
    await notice().filter({ hasText: "wird aufgezeichnet" }).waitFor();
    client.send({ type: "recorded", isRecorded: false });
    await notice().waitFor({ state: "hidden" });
    client.send({ type: "recorded", isRecorded: true });
    await notice().waitFor();
    client.terminate();
    const again = await server.client(1);
    await notice().waitFor({ state: "hidden" });
    again.send({ type: "recorded", isRecorded: true });
    await notice().waitFor();
  });

  it("says that the conversation was ended, records and sends nothing more, and begins again at a click", async () => {
    const client = await start();
    client.send({ type: "recorded", isRecorded: true });
    await open.page.locator("#recorded").filter({ hasText: /\w/ }).waitFor();
    client.close(4411);
    const banner = open.page.locator("#banner");
    await banner.filter({ hasText: "ended from the other side" }).waitFor();
    assert.equal(await open.page.locator("#recorded").isVisible(), false);
    assert.equal(await text("#hint"), "");
    assert.ok(await open.page.locator("#send").isDisabled());
    assert.ok(
      await open.page
        .locator("#microphone")
        .evaluate((button) => button.classList.contains("closed")),
    );
    assert.deepEqual(await seriousIssues(open.page), []);
    await banner.getByRole("button", { name: "Start talking" }).click();
    const again = await server.client(1);
    assert.equal(again.hello.resume, "conversation 0");
    assert.equal(again.hello.isAgain, true);
    await banner.waitFor({ state: "hidden" });
    assert.match(await text("#hint"), /Just speak/);
    assert.ok(await open.page.locator("#send").isEnabled());
    again.terminate();
    assert.equal((await server.client(2)).hello.isAgain, undefined);
  });

  it("plays what comes and counts it, and is silent at once when it is told to stop", async () => {
    const client = await start({ hasTap: true });
    const speech = voiceLike(5, 6_000, RATE);
    client.send({ type: "audio", stream: 9, rate: RATE, generation: 0 });
    for (let at = 0; at < speech.length; at += 1_920)
      client.sendAudio(9, speech.subarray(at, at + 1_920));
    await server.until(() =>
      client.reports(9).find(({ samples }) => samples > RATE / 2),
    );
    client.send({ type: "flush", generation: 1 });
    const end = await server.until(() =>
      client.reports(9).find(({ ended }) => ended),
    );
    // What comes late is not heard.
    client.sendAudio(9, speech.subarray(0, 19_200));
    client.send({ type: "audio", stream: 10, rate: RATE, generation: 0 });
    client.sendAudio(10, speech.subarray(0, 19_200));
    client.send({ type: "state", state: "listening" });
    await open.page.locator('#status-dot[data-state="listening"]').waitFor();
    const { samples, rate, flushes, silences } = await open.heard();
    assert.equal(flushes.length, 1);
    assert.equal(silences.length, 1, "it went silent once");
    const late = silences[0]!.at - flushes[0]!;
    assert.ok(late <= 0.1, `silent ${late} s after the word to stop`);
    const first = samples.findIndex((sample) => sample !== 0);
    const last = samples.findLastIndex((sample) => sample !== 0);
    const playedMs = ((last - first) * 1_000) / rate;
    const toldMs = (end.samples * 1_000) / RATE;
    assert.ok(Math.abs(playedMs - toldMs) <= 40, `${playedMs}, told ${toldMs}`);
  });

  it("paints nothing while nothing is heard, and otherwise at most once for each look at the levels", async () => {
    await show({ isLater: true });
    const { page } = open;
    await page.addInitScript(COUNT_PAINTING);
    await page.goto(server.url);
    await page.locator("#start").click();
    const client = await server.client(0);
    const paintedAfter = (looks: number): Promise<Painted> =>
      page.evaluate(`painted.after(${looks})`);
    const still = await paintedAfter(30);
    assert.deepEqual(still, { looks: 30, frames: 0, levels: 0, moves: 0 });
    client.send({ type: "audio", stream: 9, rate: RATE, generation: 0 });
    client.sendAudio(9, voiceLike(5, 2_000, RATE));
    await page.locator('#meter-assistant:not([aria-valuenow="0"])').waitFor();
    const { looks, frames, levels, moves } = await paintedAfter(50);
    assert.ok(moves > 0 && moves <= frames, `${moves} of ${frames} frames`);
    assert.ok(levels > 0 && levels <= 2 * frames, `${levels} levels`);
    assert.ok(frames <= looks - still.looks, `${frames} frames`);
    assert.deepEqual(open.complaints, []);
  });

  for (const scale of [0.67, 1.25, 2.625])
    it(`has a wave from edge to edge at a scale of ${scale}`, async () => {
      await start({ scale });
      await open.page.waitForFunction(`(() => {
        const { width, height } = document.getElementById("wave");
        const paint = document.getElementById("wave").getContext("2d");
        const isPainted = (x) =>
          paint.getImageData(x, 0, 8, height).data.some((value) => value > 0);
        return width > 300 && isPainted(0) && isPainted(width - 8);
      })()`);
    });

  it("shows words as they come, what was not heard, calls and latency; markup stays text", async () => {
    const client = await start();
    const markup = '<img src=x onerror="alert(1)"><script>alert(2)</script>';
    client.send(
      { type: "state", state: "user-speaking" },
      {
        type: "transcript",
        id: "a",
        who: "assistant",
        text: "It is",
        final: false,
      },
    );
    const bubbles = open.page.locator(".bubble");
    await bubbles.nth(1).filter({ hasText: "It is" }).waitFor();
    client.send(
      { type: "transcript", id: "u", who: "user", text: markup, final: true },
      {
        type: "transcript",
        id: "a",
        who: "assistant",
        text: " sunny today",
        final: false,
      },
      {
        type: "transcript",
        id: "a",
        who: "assistant",
        text: "It is sunny today",
        final: true,
        heard: "It is sunny",
      },
      { type: "call", id: "c", name: markup, arguments: { city: markup } },
      { type: "call-result", id: "c", output: markup, failed: true },
      { type: "turn", latencyMs: 512.4 },
      { type: "notice", level: "error", text: markup },
    );
    await open.page.locator(".notice.error").waitFor();
    assert.match((await bubbles.nth(0).textContent()) ?? "", /^You: <img/);
    assert.equal(
      (await bubbles.nth(1).locator("s").textContent())?.trim(),
      "not heard: today",
    );
    assert.match((await bubbles.nth(1).textContent()) ?? "", /512 ms$/);
    await open.page.locator(".call summary").click();
    assert.equal(await open.page.locator(".call dd").count(), 2);
    assert.equal(await text(".call dd >> nth=1"), markup);
    assert.equal(await open.page.locator("main img, main script").count(), 0);
    assert.equal(await text("#title"), "Kitchen");
    client.send({ type: "state", state: "stopped" });
    await open.page
      .locator("#banner")
      .filter({ hasText: /cannot be reached/ })
      .waitFor();
    assert.deepEqual(open.complaints, []);
  });

  it("draws words that come together in one frame, and tells screen readers all of them", async () => {
    const client = await start();
    const { page } = open;
    await page.evaluate(
      "globalThis.frames = []; requestAnimationFrame = (act) => globalThis.frames.push(act)",
    );
    const say = (who: "user" | "assistant", words: readonly string[]): void =>
      client.send(
        ...words.map((word, at) => ({
          type: "transcript" as const,
          id: who,
          who,
          text: at < words.length - 1 ? word : words.join(""),
          final: at === words.length - 1,
        })),
      );
    say("user", ["Is", " it", " sunny?"]);
    say("assistant", ["Yes,", " it", " is."]);
    client.send({ type: "state", state: "speaking" });
    await page.locator('#status-dot[data-state="speaking"]').waitFor();
    assert.equal(await page.locator(".bubble").count(), 0);
    await page.evaluate("for (const act of frames.splice(0)) act(0)");
    assert.deepEqual(await page.locator(".bubble").allTextContents(), [
      "You: Is it sunny?",
      "Assistant: Yes, it is.",
    ]);
    assert.equal(
      await page.locator("#announcer").textContent(),
      "You: Is it sunny?\nAssistant: Yes, it is.",
    );
  });

  it("goes to the end when the user says something, wherever they were reading", async () => {
    const client = await start();
    const bubbles = () => open.page.locator(".bubble");
    const say = (who: "user" | "assistant", id: string): void =>
      client.send({ type: "transcript", id, who, text: id, final: true });
    for (let line = 0; line < 40; line++) say("assistant", `line ${line}`);
    await bubbles().nth(39).waitFor();
    await open.page.evaluate(() => {
      document.querySelector("#transcript")?.scrollTo(0, 0);
    });
    await open.page.waitForFunction(
      () => document.querySelector("#transcript")?.scrollTop === 0,
    );
    say("assistant", "one more");
    say("user", "words of the user");
    await open.page.waitForFunction(() => {
      const list = document.querySelector("#transcript")!;
      return list.scrollHeight - list.scrollTop - list.clientHeight < 2;
    });
    assert.match(await bubbles().last().innerText(), /words of the user/);
  });

  it("says why what was typed waits, for as long as it does", async () => {
    const client = await start();
    const hint = (words: RegExp): Promise<void> =>
      open.page.locator("#hint").filter({ hasText: words }).waitFor();
    client.send({ type: "state", state: "user-speaking" });
    await open.page
      .locator("#status-text")
      .filter({ hasText: /You are/ })
      .waitFor();
    await hint(/Just speak/);
    await open.page.locator("#text").fill("Hello");
    await open.page.keyboard.press("Enter");
    await hint(/when you stop speaking/);
    client.send({ type: "state", state: "thinking" });
    await hint(/Just speak/);
  });

  it("types, mutes, holds to talk and interrupts", async () => {
    const client = await start();
    const { page } = open;
    await page.locator("#text").fill("Hello there");
    await page.keyboard.press("Enter");
    await server.until(() =>
      client.messages.find(
        (message) => message.type === "text" && message.text === "Hello there",
      ),
    );
    await page
      .locator(".bubble.user")
      .filter({ hasText: "Hello there" })
      .waitFor();
    const ends = (): number =>
      client.messages.filter(({ type }) => type === "audio-end").length;
    await server.until(() => (client.frames.length > 0 ? true : undefined));
    await page.locator("#microphone").click();
    await server.until(() => (ends() === 1 ? true : undefined));
    assert.match(
      (await page.locator("#microphone").getAttribute("aria-label")) ?? "",
      /^Unmute/,
    );
    await page.locator("input[value=push]").check();
    await page.locator("h1").click();
    const frames = client.frames.length;
    await page.keyboard.down("Space");
    await server.until(() =>
      client.frames.length > frames + 2 ? true : undefined,
    );
    await page.keyboard.up("Space");
    await server.until(() => (ends() === 2 ? true : undefined));
    client.send({ type: "state", state: "speaking" });
    await page.locator("#interrupt:enabled").waitFor();
    await page.keyboard.press("Escape");
    await server.until(() =>
      client.messages.find(({ type }) => type === "interrupt"),
    );
    assert.deepEqual(open.complaints, []);
  });

  it("asks for the password, and takes a ticket out of the address at once", async () => {
    await server.close();
    server = new PageServer({ folder, secret: "open sesame" });
    await server.listen();
    await show();
    const { page } = open;
    await page.locator("#start").click();
    await page.locator("#secret-input").fill("wrong");
    await page.keyboard.press("Enter");
    await page.locator("#secret-wrong").waitFor();
    await page.locator("#secret-input").fill("open sesame");
    await page.keyboard.press("Enter");
    await server.client(0);
    await open.close();
    await show({}, "#ticket=open+sesame");
    assert.equal(open.page.url(), server.url);
    await open.page.locator("#start").click();
    const { hello } = await server.client(1);
    assert.equal(hello.secret, "open sesame");
    assert.ok(server.requests.every((line) => !line.includes("sesame")));
  });

  it("comes back by itself with what it was given, and keeps what was said", async () => {
    const client = await start();
    client.send({
      type: "transcript",
      id: "a",
      who: "assistant",
      text: "Hello",
      final: true,
    });
    await open.page.locator(".bubble").waitFor();
    client.terminate();
    const again = await server.client(1);
    assert.equal(again.hello.resume, "conversation 0");
    again.send({
      type: "transcript",
      id: "b",
      who: "assistant",
      text: "Back",
      final: true,
    });
    await open.page.locator(".bubble").nth(1).waitFor();
    assert.match(await text(".bubble >> nth=0"), /Hello/);
    again.close(4409);
    await open.page
      .locator("#banner")
      .filter({ hasText: /another window/ })
      .waitFor();
  });

  it("says why there is no microphone, and goes on without", async () => {
    await show();
    const { page } = open;
    await page.evaluate(() => {
      const devices = (
        globalThis as unknown as {
          navigator: { mediaDevices: { getUserMedia: () => Promise<never> } };
        }
      ).navigator.mediaDevices;
      devices.getUserMedia = () =>
        Promise.reject(
          Object.assign(new Error("no"), { name: "NotAllowedError" }),
        );
    });
    await page.locator("#start").click();
    const client = await server.client(0);
    await page
      .locator("#banner")
      .filter({ hasText: /permission was denied/ })
      .waitFor();
    await page.locator("#text").fill("I can type");
    await page.keyboard.press("Enter");
    await server.until(() =>
      client.messages.find(({ type }) => type === "text"),
    );
    assert.equal(await text("#hint"), "No microphone. Type instead.");
  });

  it("speaks the browser's language, or the one that is chosen", async () => {
    await show({ locale: "de-AT" });
    assert.equal(await text("#start"), "Gespräch beginnen");
    const { page } = open;
    await page.locator("#settings-open").click();
    for (const [language, name] of Object.entries(LANGUAGE_NAMES)) {
      await page.locator("#language").selectOption({ label: name });
      await page.locator(`html[lang="${language}"]`).waitFor();
      assert.doesNotMatch(
        await text("body"),
        /\{\w+\}|undefined|\w+\.\w+[A-Z]/,
      );
    }
    await page.locator("#language").selectOption("ja");
    await page.reload();
    await page.locator('html[lang="ja"]').waitFor();
    assert.deepEqual(open.complaints, []);
  });

  for (const colorScheme of ["light", "dark"] as const)
    for (const width of [1_000, 390])
      it(`has no serious issue of accessibility and fits, ${colorScheme}, ${width} px wide`, async () => {
        await show({ colorScheme, viewport: { width, height: 800 } });
        const { page } = open;
        assert.deepEqual(await seriousIssues(page), []);
        await page.locator("#start").click();
        const client = await server.client(0);
        client.send(
          { type: "state", state: "speaking" },
          {
            type: "transcript",
            id: "u",
            who: "user",
            text: "Is it sunny?",
            final: true,
          },
          {
            type: "transcript",
            id: "a",
            who: "assistant",
            text: "Yes, it is sunny.",
            final: true,
            heard: "Yes",
          },
          {
            type: "call",
            id: "c",
            name: "get_weather",
            arguments: { city: "Lisbon" },
          },
          { type: "call-result", id: "c", output: "none", failed: true },
          { type: "turn", latencyMs: 500 },
          { type: "recorded", isRecorded: true },
          { type: "notice", level: "info", text: "A note" },
          { type: "notice", level: "warning", text: "A warning" },
          { type: "notice", level: "error", text: "An error" },
        );
        await page.locator(".notice.error").waitFor();
        assert.deepEqual(await seriousIssues(page), []);
        await page.locator("#settings-open").click();
        assert.deepEqual(await seriousIssues(page), []);
        const overflow = await page.evaluate(
          "document.documentElement.scrollWidth - innerWidth",
        );
        assert.equal(overflow, 0);
        assert.deepEqual(open.complaints, []);
      });
});
