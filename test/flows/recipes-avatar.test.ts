import assert from "node:assert/strict";
import { once } from "node:events";
import type { Browser } from "playwright-core";
import { WebSocket } from "ws";
import { readExample } from "../../scripts/flow-file";
import { launchChromium } from "../browser/browser";
import { startNodeRed, type NodeRed } from "../support/node-red";

type Loose = ReturnType<typeof JSON.parse>;

describe("recipe Avatar page", function () {
  this.timeout(60_000);

  let nodeRed: NodeRed;
  beforeEach(async () => {
    nodeRed = await startNodeRed({ flows: readExample("Avatar page") });
    await nodeRed.waitFor("the session to be ready", () =>
      [...nodeRed.statuses.values()].flat().find((text) => text === "ready"),
    );
  });
  afterEach(() => nodeRed.stop());

  it("tells a page the relay servers and the answer to its offer", async () => {
    const socket = new WebSocket(
      `${nodeRed.url.replace(/^http/, "ws")}avatar-socket`,
    );
    const next = async (what: string): Promise<Loose> => {
      for (;;) {
        const [data] = (await once(socket, "message")) as [Buffer];
        const { payload }: Loose = JSON.parse(data.toString("utf8"));
        if (payload.what === what) return payload;
      }
    };
    await once(socket, "open");
    const servers = next("ice");
    socket.send(JSON.stringify({ topic: "hello" }));
    assert.match((await servers).iceServers[0].urls[0], /^turn:/);
    const answer = next("answer");
    const offer = { type: "offer", sdp: "v=0\r\nm=video 9 RTP/AVP 96\r\n" };
    socket.send(JSON.stringify({ topic: "offer", payload: offer }));
    assert.equal((await answer).answer.type, "answer");
    socket.close();
  });

  it("has a page that a browser connects with", async function () {
    const browser: Browser = await launchChromium(this);
    try {
      const page = await browser.newPage();
      const errors: string[] = [];
      page.on("pageerror", (error) => errors.push(error.message));
      await page.goto(`${nodeRed.url}avatar`);
      await page.getByText("answered").waitFor();
      assert.deepEqual(errors, []);
    } finally {
      await browser.close();
    }
  });
});
