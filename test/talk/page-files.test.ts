import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { redirectToPage, servePage } from "../../lib/talk/page-files";
import { rawRequest, sendRaw } from "../support/raw-http";

describe("servePage", () => {
  let server: Server;
  let port: number;
  before(async () => {
    server = createServer((request, response) => {
      const path = request.url ?? "";
      if (path === "/talk") redirectToPage("talk", response);
      else servePage(path.replace("/talk/", ""), request, response);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    ({ port } = server.address() as AddressInfo);
  });
  after(() => server.close());

  const get = (path: string, init?: RequestInit): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}/talk${path}`, init);

  it("gives the page, and whatever the page asks for", async () => {
    const page = await get("/");
    assert.equal(page.status, 200);
    assert.equal(page.headers.get("content-type"), "text/html; charset=utf-8");
    const html = await page.text();
    const links = [...html.matchAll(/(?:src|href)="([^"#]+)"/g)].map(
      ([, link = ""]) => link,
    );
    assert.ok(links.length > 1);
    for (const link of links) {
      assert.doesNotMatch(link, /^(\/|[a-z]+:)/, "a proxy may move the page");
      assert.equal((await get(`/${link}`)).status, 200, link);
    }
  });

  it("holds no script or style that stands in the page, which its policy would forbid", async () => {
    const html = await (await get("/")).text();
    assert.doesNotMatch(
      html,
      /<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=/i,
    );
  });

  it("lets the browser take nothing from elsewhere, guess no types, and tell nobody where it was", async () => {
    const { headers } = await get("/");
    const policy = Object.fromEntries(
      (headers.get("content-security-policy") ?? "")
        .split("; ")
        .map((rule) => [rule.split(" ")[0], rule.split(" ").slice(1)]),
    );
    assert.deepEqual(policy, {
      "default-src": ["'none'"],
      "script-src": ["'self'"],
      "worker-src": ["'self'"],
      "style-src": ["'self'"],
      "img-src": ["'self'"],
      "connect-src": [
        "'self'",
        `ws://127.0.0.1:${port}`,
        `wss://127.0.0.1:${port}`,
      ],
      "base-uri": ["'none'"],
      "form-action": ["'none'"],
      "frame-ancestors": ["'self'"],
    });
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.equal(headers.get("referrer-policy"), "no-referrer");
    assert.match(
      headers.get("permissions-policy") ?? "",
      /microphone=\(self\)/,
    );
  });

  it("keeps what the request calls the host out of the policy, unless it is one", async () => {
    for (const host of ["a b", "x; script-src *", "x'", "http://x"]) {
      const answer = await sendRaw(
        port,
        rawRequest("GET /talk/", [`Host: ${host}`, "Connection: close"]),
      );
      assert.match(answer, /connect-src 'self';/, host);
    }
  });

  it("sends each file packed or plain, and not again while it is the same", async () => {
    const packed = await get("/page.js");
    assert.equal(packed.headers.get("content-encoding"), "gzip");
    const plain = await get("/page.js", {
      headers: { "accept-encoding": "identity" },
    });
    assert.equal(plain.headers.get("content-encoding"), null);
    const digest = async (response: Response): Promise<string> =>
      createHash("sha256")
        .update(Buffer.from(await response.arrayBuffer()))
        .digest("hex");
    assert.equal(await digest(packed), await digest(plain));
    const etag = packed.headers.get("etag") ?? "";
    const again = await get("/page.js", { headers: { "if-none-match": etag } });
    assert.equal(again.status, 304);
    const head = await get("/", { method: "HEAD" });
    assert.ok(Number(head.headers.get("content-length")) > 0);
  });

  it("leads from the path without a slash to the page, wherever a proxy has put it", async () => {
    const { status, headers } = await get("", { redirect: "manual" });
    assert.equal(status, 302);
    assert.equal(headers.get("location"), "talk/");
  });
});
