import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import path from "node:path";

const script = path.join(__dirname, "../../scripts/start.js");

/** Only for what ends at once. */
function start(args: readonly string[], port?: string) {
  const { PORT: _ours, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [script, ...args],
    {
      encoding: "utf8",
      env: port === undefined ? env : { ...env, PORT: port },
      timeout: 15_000,
    },
  );
  return { status, stdout, stderr };
}

describe("npm start", () => {
  it("says in one line that the port is in use and what to do", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const result = start([], String(port));
    server.close();
    assert.equal(
      result.stderr,
      `Port ${port} is in use: stop what runs there, or choose another: PORT=${port + 1} npm start\n`,
    );
    assert.deepEqual([result.status, result.stdout], [1, ""]);
  });

  it("refuses a PORT that is none", () => {
    assert.deepEqual(start([], "80a"), {
      status: 2,
      stdout: "",
      stderr: 'Expected PORT to be a number from 1 to 65535, got "80a"\n',
    });
  });

  it("refuses an unknown argument in one line", () => {
    const { status, stderr } = start(["--rest"]);
    assert.equal(status, 2);
    assert.match(
      stderr,
      /^Unknown option '--rest'.*\. Try: npm start -- --help\n$/,
    );
  });

  it("--help shows what can be said", () => {
    const { status, stdout } = start(["--help"]);
    assert.equal(status, 0);
    assert.match(stdout, /--reset/);
    assert.match(stdout, /PORT/);
  });
});
