import assert from "node:assert/strict";
import { PAGE_CLOSE } from "../../lib/talk/page-protocol";
import { PrivateAuthority } from "../support/certificates";
import { startNodeRed, type NodeRed } from "../support/node-red";
import { TestPage } from "../support/page";
import { ReverseProxy } from "../support/reverse-proxy";
import { silent, voiceLike } from "../support/voice-like";
import {
  launchTalkBrowser,
  openTalkPage,
  SESSION_OF_PAGES,
  type OpenPage,
  type TalkBrowser,
} from "./talk-page";
import { MICROPHONE_RATE, MOST, partHeard, playedAt } from "./talk-tap";

const PREFIX = "/house/voice/";
const PASSWORD = "of the house";
const SESSION = "session";
const WORDS = voiceLike(40, 1_200, MICROPHONE_RATE);
const place = { z: "tab", x: 0, y: 0, session: SESSION };

const FLOWS = [
  { id: "tab", type: "tab", label: "Talk" },
  {
    id: "resource",
    type: "voice-live-resource",
    service: "simulator",
    script: "echo",
  },
  {
    id: SESSION,
    ...SESSION_OF_PAGES,
  },
  {
    ...place,
    id: "page",
    type: "voice-live-talk",
    path: "talk",
    access: "password",
    wires: [["in"], []],
  },
  { ...place, id: "in", type: "voice-live-audio-in", wires: [] },
  {
    ...place,
    id: "out",
    type: "voice-live-audio-out",
    wires: [["page"], ["page"]],
  },
];

describe("Talk page behind a reverse proxy with TLS, in a browser", function () {
  this.timeout(60_000);
  const authority = new PrivateAuthority();
  let browser: TalkBrowser | undefined;
  let nodeRed: NodeRed | undefined;
  let proxy: ReverseProxy;
  let open: OpenPage | undefined;

  before(async function () {
    browser = await launchTalkBrowser(
      this,
      Buffer.concat([silent(1_000, MICROPHONE_RATE), WORDS]),
    );
    nodeRed = await startNodeRed();
    await nodeRed.deploy(
      FLOWS.map((node) =>
        node.id === "page"
          ? { ...node, credentials: { password: PASSWORD } }
          : node,
      ),
    );
    proxy = await new ReverseProxy(
      nodeRed.url,
      PREFIX,
      authority.selfSigned,
    ).listen();
  });
  afterEach(() => open?.close());
  after(async () => {
    await browser?.close();
    await proxy?.close();
    await nodeRed?.stop();
    authority.remove();
  });

  it("loads, opens its socket and says back what it hears, all under the proxy's path", async () => {
    open = await openTalkPage(browser!, "about:blank", {
      hasTap: true,
      isCertificateUnknown: true,
      isLater: true,
    });
    const { page } = open;
    const failed: string[] = [];
    const asked: string[] = [];
    page.on("response", (response) => {
      asked.push(response.url());
      if (response.status() >= 400) failed.push(response.url());
    });
    page.on("requestfailed", (request) => failed.push(request.url()));
    page.on("websocket", (socket) => asked.push(socket.url()));
    // Without the slash at its end, so that the redirect goes through the proxy as well.
    await page.goto(`${proxy.url}talk`);
    await page.locator("#start").filter({ hasText: /\S/ }).click();
    await page.locator("#secret-input").fill(PASSWORD);
    await page.locator("#secret-input").press("Enter");
    await page.locator('#status-dot[data-state="speaking"]').waitFor();
    await page.locator('#status-dot[data-state="listening"]').waitFor();
    const heard = playedAt(MICROPHONE_RATE, await open.heard());
    const again = partHeard(WORDS, heard, MICROPHONE_RATE);
    assert.ok(again >= MOST, `${again} of what was said`);
    await page.locator(".bubble.assistant").first().waitFor();
    const own = asked.filter((url) => !/^(blob|data|about):/.test(url));
    const socket = proxy.url.replace("https", "wss");
    assert.ok(own.includes(`${socket}talk/socket`), own.join());
    for (const url of own)
      assert.ok([proxy.url, socket].some((start) => url.startsWith(start)));
    assert.deepEqual(failed, []);
  });

  it("is not for pages of another origin, whatever they call themselves", async () => {
    const socket = `${proxy.url.replace("https", "wss")}talk/socket`;
    const { host, origin } = new URL(proxy.url);
    const visit = async (from: string): Promise<TestPage> =>
      new TestPage(socket, { origin: from, rejectUnauthorized: false }).open();
    for (const foreign of [
      `http://${host}`,
      "https://localhost",
      nodeRed!.url,
    ]) {
      const page = await visit(new URL(foreign).origin);
      assert.equal(await page.closeCode(), PAGE_CLOSE.foreignOrigin, foreign);
    }
    const page = await visit(origin);
    await page.enterOpen({ secret: PASSWORD });
    page.close();
  });
});
