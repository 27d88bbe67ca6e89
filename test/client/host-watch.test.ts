import assert from "node:assert/strict";
import { createServer, type AddressInfo } from "node:net";
import {
  HostWatch,
  routeOf,
  takesConnections,
} from "../../lib/client/host-watch";
import { stopClock, type StoppedClock } from "./clock";
import { nextTurn } from "./loopback";

const ROUTE = { host: "host.example", port: 443 };

describe("HostWatch", () => {
  let clock: StoppedClock;
  let isUp: boolean;
  let probes: number;
  let watch: HostWatch;

  beforeEach(() => {
    clock = stopClock();
    [isUp, probes] = [false, 0];
    watch = new HostWatch(() => {
      probes++;
      return Promise.resolve(isUp);
    });
  });
  afterEach(() => clock.uninstall());

  async function pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 100) {
      await nextTurn();
      clock.tick(100);
      await nextTurn();
    }
  }

  it("tells all who wait when the host is back, within a second", async () => {
    const told: string[] = [];
    watch.wait(ROUTE, () => told.push("a"));
    watch.wait(ROUTE, () => told.push("b"));
    await pass(600_000);
    assert.deepEqual(told, []);
    isUp = true;
    await pass(1_000);
    assert.deepEqual(told, ["a", "b"]);
  });

  it("probes a host once for all, twice a second at most", async () => {
    for (let caller = 0; caller < 50; caller++)
      watch.wait(ROUTE, () => undefined);
    await pass(10_000);
    assert.ok(probes <= 21, `${probes} probes in 10 s`);
  });

  it("tells nobody of a host that was never out of reach: there the back-off counts", async () => {
    isUp = true;
    let told = 0;
    watch.wait(ROUTE, () => told++);
    await pass(5_000);
    assert.equal(told, 0);
    assert.equal(probes, 1);
  });

  it("stops when nobody waits", async () => {
    const end = watch.wait(ROUTE, () => assert.fail("nobody waits"));
    await pass(2_000);
    end();
    await pass(1_000);
    const before = probes;
    await pass(5_000);
    assert.equal(probes, before);
  });

  it("looks again for who waits later", async () => {
    watch.wait(ROUTE, () => undefined);
    isUp = true;
    await pass(1_000);
    isUp = false;
    let told = 0;
    watch.wait(ROUTE, () => told++);
    await pass(1_000);
    isUp = true;
    await pass(1_000);
    assert.equal(told, 1);
  });
});

describe("takesConnections", () => {
  it("is true where somebody listens, and false where nobody does", async () => {
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) =>
      server.listen(0, "127.0.0.1", resolve),
    );
    const { port } = server.address() as AddressInfo;
    const route = { host: "127.0.0.1", port };
    assert.equal(await takesConnections(route), true);
    await new Promise((resolve) => server.close(resolve));
    assert.equal(await takesConnections(route), false);
  });
});

describe("routeOf", () => {
  for (const [endpoint, host, port] of [
    ["wss://host.example/x", "host.example", 443],
    ["wss://host.example:8443/x", "host.example", 8443],
    ["ws://127.0.0.1:8765/x", "127.0.0.1", 8765],
    ["ws://[::1]/x", "::1", 80],
  ] as const)
    it(`leads ${endpoint} to ${host} port ${port}`, () => {
      const route = routeOf(new URL(endpoint));
      assert.deepEqual([route.host, route.port], [host, port]);
    });

  it("leads to the proxy in front of the host", () => {
    const agent = { proxy: new URL("http://proxy.example:3128") };
    const connect = { agent } as unknown as Parameters<typeof routeOf>[1];
    const route = routeOf(new URL("wss://host.example"), connect);
    assert.deepEqual([route.host, route.port], ["proxy.example", 3128]);
  });
});
