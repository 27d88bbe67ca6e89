import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import RED from "node-red";
import { PAGE_CLOSE } from "../../../lib/talk/page-protocol";
import { useNodeRed } from "../../support/flow";
import { TestPage } from "../../support/page";
import { soundOf, speak } from "../../support/page-talk";

const runtime = RED as unknown as {
  readonly server: { address(): AddressInfo };
};

describe("talk to a session from the editor", () => {
  const nodeRed = useNodeRed();
  const pages: TestPage[] = [];
  let admin: Server;

  afterEach(() => {
    for (const page of pages.splice(0)) page.close();
    admin.close();
  });

  const adminUrl = (path: string): string =>
    `http://127.0.0.1:${(admin.address() as AddressInfo).port}/${path}`;

  async function admit(
    id = "session",
  ): Promise<{ path: string; ticket: string }> {
    const url = adminUrl(`voice-live-session/${id}/talk`);
    const response = await fetch(url, { method: "POST" });
    assert.equal(response.status, 200, await response.clone().text());
    return (await response.json()) as { path: string; ticket: string };
  }

  function openPage(path: string): TestPage {
    const { port } = runtime.server.address();
    const page = new TestPage(`ws://127.0.0.1:${port}/${path}socket`);
    pages.push(page);
    return page;
  }

  async function deploy(session: object): Promise<void> {
    await nodeRed.deploy({ nodes: [], resource: { script: "echo" }, session });
    admin = createServer(nodeRed.httpAdmin).listen(0, "127.0.0.1");
    await once(admin, "listening");
  }

  for (const session of [
    { conversations: "one", connect: "input" },
    { conversations: "keyed", key: "topic" },
  ])
    it(`needs no wires: ${session.conversations}`, async () => {
      await deploy(session);
      const { path, ticket } = await admit();
      const page = openPage(path);
      await page.enter({ secret: ticket });
      speak(page);
      await page.message("transcript", ({ who }) => who === "assistant");
      await page.message("state", ({ state }) => state === "speaking");
      await page.until("sound", () => soundOf(page).length > 0);
      assert.ok(soundOf(page).some((byte) => byte !== 0));
    });

  it("takes a ticket once, and no other", async () => {
    await deploy({ conversations: "keyed" });
    const { path, ticket } = await admit();
    await openPage(path).enter({ secret: ticket });
    for (const [secret, close] of [
      [ticket, PAGE_CLOSE.expired],
      [`${ticket}x`, PAGE_CLOSE.denied],
      [undefined, PAGE_CLOSE.expired],
    ] as const) {
      const page = await openPage(path).open();
      page.hello({ secret });
      assert.equal(await page.closeCode(), close);
    }
  });

  it("is over when the conversation is ended in the editor, and begins again at a click", async () => {
    await deploy({ conversations: "keyed", connect: "input" });
    const { path, ticket } = await admit();
    const page = openPage(path);
    const { resume } = await page.enter({ secret: ticket });
    speak(page);
    await page.message("state", ({ state }) => state === "listening");
    const list = await nodeRed.admin.get("/voice-live-sessions");
    const [id] = /(?<="id":")c\d+/.exec(list.text) ?? [];
    await nodeRed.admin
      .post(`/voice-live-sessions/${id}/end`)
      .set("content-type", "application/json")
      .send("{}");
    assert.equal(await page.closeCode(), PAGE_CLOSE.ended);
    const early = openPage(path);
    await early.enter({ resume });
    assert.equal(await early.closeCode(), PAGE_CLOSE.ended);
    const back = openPage(path);
    await back.enter({ resume, isAgain: true });
    speak(back);
    await back.message("transcript", ({ who }) => who === "assistant");
  });

  it("says on the page what is wrong with a typed text", async () => {
    await deploy({ conversations: "keyed", connect: "command" });
    const { path, ticket } = await admit();
    const page = openPage(path);
    await page.enter({ secret: ticket });
    page.say({ type: "text", text: "Hello" });
    const { level, text } = await page.message("notice");
    assert.equal(level, "error");
    assert.match(text, /not connected/);
  });

  it("is not there without a session, nor before somebody has asked", async () => {
    await deploy({});
    const missing = await fetch(adminUrl("voice-live-session/nobody/talk"), {
      method: "POST",
    });
    assert.equal(missing.status, 409);
    const early = await fetch(adminUrl("voice-live-session/session/talk/"));
    assert.equal(early.status, 404);
    const { path } = await admit();
    assert.equal((await fetch(adminUrl(path))).status, 200);
  });
});
