import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import type { LiveWords } from "../../nodes/editor/live-types";
import { demoName, readExample } from "../../scripts/flow-file";
import { openEditor, type OpenEditor } from "./editor-page";
import { seriousIssues } from "./talk-page";

const TAB = "voice-live-sessions";

/** Node-RED's debug sidebar complains of messages that come while the flow is being loaded; none are sent to it. */
const FLOW = readExample(demoName).map((node) =>
  node.type === "debug" ? { ...node, active: false } : node,
);

describe("panel of live conversations in a browser", function () {
  this.timeout(60_000);
  let editor: OpenEditor | undefined;
  let page: Page;
  let asked: string[];

  before(async function () {
    editor = await openEditor(this, FLOW, "first-conversation-session");
    page = editor.page;
    page.on("request", (request) => {
      const { pathname } = new URL(request.url());
      if (pathname.startsWith("/voice-live-sessions")) asked.push(pathname);
    });
  });
  beforeEach(() => (asked = []));
  afterEach(function () {
    return editor?.settle(this);
  });
  after(() => editor?.close());

  const row = () => page.locator(".voice-live-row");
  const said = (who: string) =>
    page.locator(`.voice-live-words > div[data-who="${who}"] .voice-live-said`);

  // The answer to the question that the flow asks at its start may still come.
  const story = () =>
    said("assistant").filter({ hasText: /^Once upon a time/ });

  function inject(id: string): Promise<unknown> {
    return page.evaluate(`$.post("inject/first-conversation-${id}")`);
  }

  it("asks for nothing until it is shown", async () => {
    await page.evaluate("RED.sidebar.show('info')");
    // Longer than the period of its questions: that nothing is asked shows in time only.
    await page.waitForTimeout(1_500);
    assert.deepEqual(asked, []);
  });

  it("lists a conversation on the simulator with its state and figures", async () => {
    await page.evaluate(`RED.sidebar.show("${TAB}")`);
    await row().waitFor();
    assert.equal(
      await row().locator(".voice-live-key").textContent(),
      "default",
    );
    const labels = await row().locator("dt").allTextContents();
    assert.equal(labels.length, 5);
    for (const text of [...labels, await row().innerText()])
      assert.doesNotMatch(text, /voice-live-|label\.|status\./);
  });

  it("opens a conversation by the keyboard, and its words grow", async () => {
    await row().locator("button").first().focus();
    await page.keyboard.press("Enter");
    await page.locator(".voice-live-words").waitFor();
    assert.equal(
      await row().locator("button").first().getAttribute("aria-expanded"),
      "true",
    );
    await inject("type-story");
    await story().waitFor();
  });

  it("interrupts the assistant, and strikes out what was not heard", async () => {
    await page.locator('[data-action="interrupt"]').click();
    await story().locator("s").waitFor();
  });

  it("shows a level while somebody speaks", async () => {
    await inject("ask");
    await page.waitForFunction(
      `[...document.querySelectorAll('.voice-live-meter')].some(
        (meter) => Number(meter.getAttribute('aria-valuenow')) > -60)`,
    );
    await page
      .locator('.voice-live-words > div[data-who="user"]', {
        hasText: "What is the weather in Lisbon?",
      })
      .waitFor();
  });

  it("puts a line that began earlier before one that is shown already", async () => {
    const later = [
      { itemId: "second", place: 1_000_001, text: "It began second." },
      { itemId: "first", place: 1_000_000, text: "It began first." },
    ];
    const isList = (url: URL) => url.pathname === "/voice-live-sessions";
    await page.route(isList, async (route) => {
      const response = await route.fetch();
      const answer = (await response.json()) as { watched: LiveWords | null };
      const line = answer.watched && later.shift();
      const lines = line
        ? [{ ...line, who: "assistant", isFinal: true } as const]
        : [];
      await route.fulfill({
        response,
        json: { ...answer, watched: { ...answer.watched, lines } },
      });
    });
    await said("assistant").filter({ hasText: "It began first." }).waitFor();
    await page.unroute(isList);
    const texts = await said("assistant").allTextContents();
    assert.deepEqual(texts.slice(-2), ["It began first.", "It began second."]);
  });

  it("can be read by a screen reader", async () => {
    assert.deepEqual(await seriousIssues(page, ".voice-live-panel"), []);
  });

  it("opens a page that talks to the session, and has no way back into the editor", async () => {
    const opened = page.context().waitForEvent("page");
    await page.locator('[data-action="talk"]').click();
    const talk = await opened;
    await talk.waitForURL(/\/voice-live-session\/[^/]+\/talk\//);
    await talk.locator("button").first().waitFor();
    assert.equal(await talk.evaluate("window.opener"), null);
    await talk.close();
  });

  it("fits a sidebar of 300 pixels", async () => {
    const overflow: number = await page.evaluate(
      `(() => {
        const panel = document.querySelector(".voice-live-panel");
        return panel.scrollWidth - panel.clientWidth;
      })()`,
    );
    assert.equal(overflow, 0);
  });

  it("asks for nothing once another tab is shown", async () => {
    await page.evaluate("RED.sidebar.show('info')");
    await page.waitForTimeout(300);
    asked = [];
    await page.waitForTimeout(1_500);
    assert.deepEqual(asked, []);
    await page.evaluate(`RED.sidebar.show("${TAB}")`);
  });

  it("ends a conversation, which leaves the list", async () => {
    await page.locator('[data-action="end"]').click();
    await row().waitFor({ state: "detached" });
    await page.locator(".voice-live-nothing").first().waitFor();
  });
});
