import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { FlowNode } from "../../scripts/flow-file";
import { linkPackage } from "../../scripts/user-dir";
import { HOSTILE_REQUESTS, hostilePages } from "../support/hostile-pages";
import { PAGE_CLOSE } from "../../lib/talk/page-protocol";
import { startNodeRed, type NodeRed } from "../support/node-red";
import { TestPage } from "../support/page";
import { rawRequest, sendRaw } from "../support/raw-http";
import { findSecret } from "../support/telltale";

const PASSWORD = "Canary/Pass+of?the=Page";
const TICKET_SECRET = "Canary/Secret+of?the=Tickets";
const LIMIT_MS = 90_000;

function flow(talk: object): readonly FlowNode[] {
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
      conversations: "keyed",
      connect: "input",
      historyStore: "disk",
    },
    {
      ...place,
      id: "talk",
      type: "voice-live-talk",
      path: "talk",
      access: "password",
      ...talk,
      wires: [["in"], ["export"]],
    },
    { ...place, id: "in", type: "voice-live-audio-in", wires: [] },
    {
      ...place,
      id: "export",
      type: "change",
      rules: [
        { t: "set", p: "action", pt: "msg", to: "history-export", tot: "str" },
      ],
      wires: [["control"]],
    },
    { ...place, id: "control", type: "voice-live-control", wires: [] },
    {
      ...place,
      id: "event",
      type: "voice-live-event",
      kinds: ["history"],
      wires: [["seen"]],
    },
    { ...place, id: "catch", type: "catch", wires: [["seen"]] },
    { ...place, id: "seen", type: "junction", wires: [] },
  ];
}

describe("a talk page in Node-RED", function () {
  this.timeout(LIMIT_MS);
  let userDir: string;
  let nodeRed: NodeRed;
  const pages: TestPage[] = [];

  before(async () => {
    userDir = mkdtempSync(path.join(tmpdir(), "voice-live-page-"));
    linkPackage(userDir);
    await start();
    await nodeRed.deploy(
      flow({ maxPages: 40, credentials: { password: PASSWORD } }),
    );
  });
  after(async () => {
    for (const page of pages) page.close();
    await nodeRed.stop();
    rmSync(userDir, { recursive: true, force: true });
  });

  async function start(): Promise<void> {
    nodeRed = await startNodeRed({
      userDir,
      flows: flow({ maxPages: 40 }),
      env: {
        VOICE_LIVE_LOG_LEVEL: "trace",
        VOICE_LIVE_CREDENTIAL_SECRET: "of the test",
      },
    });
  }

  function openPage(options: ConstructorParameters<typeof TestPage>[1] = {}) {
    const page = new TestPage(
      `${nodeRed.url.replace("http", "ws")}talk/socket`,
      options,
    );
    pages.push(page);
    return page;
  }

  async function answers(page: TestPage, question: string): Promise<void> {
    const before = page.messages.length;
    page.say({ type: "text", text: question });
    await page.until(`an answer to «${question}»`, () =>
      page.messages
        .slice(before)
        .some((each) => each.type === "transcript" && each.final),
    );
  }

  it("bears everything that is tried on it, and talks on with others", async () => {
    const witness = openPage();
    await witness.enter({ secret: PASSWORD });
    await answers(witness, "What is the weather in Lisbon?");
    const { origin, port } = new URL(nodeRed.url);
    const attempts = hostilePages(origin);
    assert.ok(attempts.length + HOSTILE_REQUESTS.length >= 40);

    await Promise.all(
      attempts.map(
        async ({ what, code, origin: from, isIn, attack }, index) => {
          // Each comes from an address of its own, or the brake on guesses would answer in their place.
          const headers = { "X-Forwarded-For": `10.0.0.${index}` };
          const page = await openPage({
            headers,
            ...(from !== undefined && { origin: from }),
          }).open();
          if (isIn) await page.enterOpen({ secret: PASSWORD });
          attack(page);
          assert.equal(await page.closeCode(), code, what);
        },
      ),
    );
    for (const [line, status] of HOSTILE_REQUESTS) {
      const request = rawRequest(line, [
        "Host: localhost",
        "Connection: close",
      ]);
      const answer = await sendRaw(Number(port), request);
      assert.match(
        /^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? answer,
        status,
        line,
      );
    }
    const noKey = rawRequest("GET /talk/socket", [
      "Host: localhost",
      "Connection: Upgrade",
      "Upgrade: websocket",
    ]);
    assert.match(await sendRaw(Number(port), noKey), /^HTTP\/1\.1 400 /);

    await answers(witness, "Hello");
    assert.equal(witness.closed, undefined);
  });

  it("is reached through a proxy that ends TLS, by what the proxy says", async () => {
    const proxied = { Host: "home.example", "X-Forwarded-For": "10.9.9.9" };
    const origin = "https://home.example";
    const https = { ...proxied, "X-Forwarded-Proto": "https" };
    await openPage({ origin, headers: https }).enter({ secret: PASSWORD });
    const plain = await openPage({ origin, headers: proxied }).open();
    assert.equal(await plain.closeCode(), PAGE_CLOSE.foreignOrigin);
  });

  it("lets nobody read its password", async () => {
    const page = openPage();
    await page.enter({ secret: PASSWORD });
    const wrong = await openPage().open();
    wrong.hello({ secret: `${PASSWORD}!` });
    assert.equal(await wrong.closeCode(), PAGE_CLOSE.denied);
    await nodeRed.waitForLog(/was refused: The password is wrong/);
    await nodeRed.waitForStatus("talk", /✗/);
    const exported = await nodeRed.request("GET", "flows");
    const shown = JSON.stringify([
      nodeRed.logs,
      [...nodeRed.statuses],
      nodeRed.sent,
      page.messages,
      exported,
    ]);
    assert.equal(findSecret(shown, PASSWORD), undefined);
  });

  it("goes on with its conversation after a restart, and the assistant knows what was said", async () => {
    const page = openPage();
    const { resume } = await page.enter({ secret: PASSWORD });
    await answers(page, "My name is Ada.");
    await nodeRed.stop();
    assert.ok(page.closed, "the page hears that it has to come back");
    await start();
    const back = openPage();
    const welcome = await back.enter({ secret: PASSWORD, resume });
    assert.equal(welcome.resumed, true);
    const { msg } = await nodeRed.waitForSent(
      "what is remembered",
      ({ id, msg: sent }) =>
        id === "event" && /Ada/.test(JSON.stringify(sent["payload"])),
    );
    assert.equal(msg["topic"], "history");
    const without = openPage();
    assert.equal((await without.enter({ secret: PASSWORD })).resumed, false);
  });

  it("is gone after a deploy without it, page and socket", async () => {
    const status = async (where: string): Promise<number> =>
      (await fetch(nodeRed.url + where)).status;
    const page = openPage();
    await page.enter({ secret: PASSWORD });
    assert.equal(await status("talk/page.js"), 200);
    await nodeRed.deploy(flow({}).filter(({ id }) => id !== "talk"));
    assert.equal(await page.closeCode(), PAGE_CLOSE.restarting);
    assert.equal(await status("talk/page.js"), 404);
    assert.equal(await status("talk"), 404);
  });

  it("lets nobody read its tickets, their secret, or what a page comes back with", async () => {
    const since = nodeRed.sent.length;
    const place = { z: "tab", x: 0, y: 0, type: "inject" };
    const topic = { p: "topic", v: "ticket", vt: "str" };
    await nodeRed.deploy([
      ...flow({
        access: "ticket",
        maxPages: 40,
        credentials: { ticketSecret: TICKET_SECRET },
      }).map((node) =>
        // What a flow does with its ticket is its own affair.
        node.id === "talk" ? { ...node, wires: [["in"], ["seen"]] } : node,
      ),
      { ...place, id: "ask", props: [topic], wires: [["talk"]] },
      {
        ...place,
        id: "ask-wrong",
        props: [topic, { p: "seconds", v: "-1", vt: "num" }],
        wires: [["talk"]],
      },
    ]);
    const isTicket = ({ id, msg }: (typeof nodeRed.sent)[number]): boolean =>
      id === "talk" && msg["topic"] === "ticket";
    await nodeRed.inject("ask");
    const given = await nodeRed.waitForSent("a ticket", isTicket, since);
    const ticket = String(given.msg["payload"]);
    const page = openPage();
    const { resume } = await page.enter({ secret: ticket });
    await answers(page, "Hello");
    for (const [proof, code] of [
      [{ secret: ticket }, PAGE_CLOSE.expired],
      [{ secret: `${ticket}x` }, PAGE_CLOSE.denied],
      [{ resume: `${resume}x` }, PAGE_CLOSE.expired],
    ] as const) {
      const refused = await openPage().open();
      refused.hello(proof);
      assert.equal(await refused.closeCode(), code);
    }
    await nodeRed.waitForLog(/was refused: The ticket is wrong/);
    await nodeRed.inject("ask-wrong");
    await nodeRed.waitForSent("the error", ({ id }) => id === "catch", since);
    const shown = {
      log: nodeRed.logs,
      statuses: [...nodeRed.statuses],
      messages: nodeRed.sent.filter((each) => !isTicket(each)),
      page: page.messages.filter(({ type }) => type !== "welcome"),
      flows: await nodeRed.request("GET", "flows"),
      credentials: await nodeRed.request(
        "GET",
        "credentials/voice-live-talk/talk",
      ),
      stored: await nodeRed.request("GET", "context/global"),
    };
    const [, , signature = ""] = ticket.split(".");
    const secrets = { secret: TICKET_SECRET, ticket, signature, resume };
    for (const [where, told] of Object.entries(shown))
      for (const [name, secret] of Object.entries(secrets)) {
        assert.ok(secret.length > 10, name);
        const found = findSecret(JSON.stringify(told), secret);
        assert.equal(found, undefined, `${name} in ${where}`);
      }
    assert.ok(findSecret(JSON.stringify(given), ticket));
  });
});
