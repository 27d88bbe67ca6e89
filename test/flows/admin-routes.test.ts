import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { startNodeRed, type NodeRed } from "../support/node-red";

/** Two of Node-RED start one after the other, on a machine that may be busy. */
const LIMIT_MS = 60_000;

describe("admin routes of the package", function () {
  this.timeout(LIMIT_MS);
  const bare = mkdtempSync(path.join(tmpdir(), "voice-live-bare-"));
  let nodeRed: NodeRed;
  let routes: readonly string[];

  before(async () => {
    const env = { VOICE_LIVE_ADMIN_AUTH: "1" };
    const without = await startNodeRed({ userDir: bare, env });
    await without.stop();
    nodeRed = await startNodeRed({ env });
    routes = nodeRed.adminRoutes.filter(
      (route) => !without.adminRoutes.includes(route),
    );
  });
  after(async () => {
    await nodeRed.stop();
    rmSync(bare, { recursive: true, force: true });
  });

  async function ask(route: string, permissions?: string): Promise<number> {
    const [method = "", where = ""] = route.split(" ");
    const response = await fetch(nodeRed.url + where.slice(1), {
      method,
      headers: permissions ? { authorization: `Bearer ${permissions}` } : {},
    });
    await response.arrayBuffer();
    return response.status;
  }

  it("are the lists of sound devices, the trials of the dialogs and the panel of live conversations", () => {
    assert.deepEqual(routes.toSorted(), [
      "GET /voice-live-microphone/devices",
      "GET /voice-live-sessions",
      "GET /voice-live-speaker/devices",
      "POST /voice-live-resource/:id/test",
      "POST /voice-live-session/:id/talk",
      "POST /voice-live-session/:id/try",
      "POST /voice-live-sessions/:id/end",
      "POST /voice-live-sessions/:id/interrupt",
    ]);
  });

  it("are refused to who has not logged in, and to who lacks the permission", async () => {
    for (const route of routes) {
      assert.equal(await ask(route), 401, route);
      assert.equal(await ask(route, "flows.read"), 401, route);
      const type = route.split("/")[1];
      if (accessOf(route) === "write")
        assert.equal(await ask(route, `${type}.read`), 401, route);
    }
  });

  it("are answered to who has the permission", async () => {
    for (const route of routes) {
      const type = route.split("/")[1];
      const status = await ask(route, `${type}.${accessOf(route)}`);
      assert.ok(status !== 401 && status !== 403 && status !== 404, route);
    }
  });
});

/** What reaches the service, on somebody's account, is more than reading. */
function accessOf(route: string): "read" | "write" {
  return route.startsWith("GET ") ? "read" : "write";
}
