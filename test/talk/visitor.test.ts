import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import {
  readVisitor,
  trustProxies,
  type Visitor,
} from "../../lib/talk/visitor";

function visitor(
  peer: string,
  headers: Readonly<Record<string, string>>,
  { isEncrypted = false, proxies = [] as string[] } = {},
): Visitor {
  const request = {
    socket: { remoteAddress: peer, encrypted: isEncrypted },
    headers,
  };
  return readVisitor(
    request as unknown as IncomingMessage,
    trustProxies(proxies),
  );
}

describe("readVisitor", () => {
  for (const [what, peer, headers, expected] of [
    ["a browser by localhost", "::1", { host: "localhost:1880" }, true],
    ["a browser by an address", "127.0.0.1", { host: "127.0.0.1" }, true],
    ["IPv4 in IPv6", "::ffff:127.0.0.1", { host: "[::1]:1880" }, true],
    ["another machine", "10.0.0.7", { host: "localhost" }, false],
    ["a name that leads here", "127.0.0.1", { host: "evil.example" }, false],
    ["no name", "127.0.0.1", {}, false],
    ["a name with a trap", "127.0.0.1", { host: "localhost@evil" }, false],
    ...[
      "x-forwarded-for",
      "x-real-ip",
      "forwarded",
      "via",
      "x-forwarded-host",
    ].map(
      (name) =>
        [
          `a proxy that says ${name}`,
          "127.0.0.1",
          { host: "localhost", [name]: "x" },
          false,
        ] as const,
    ),
  ] as const)
    it(`${expected ? "takes" : "does not take"} ${what} for local`, () => {
      assert.equal(visitor(peer, headers).isLocal, expected);
    });

  for (const [what, peer, forwarded, proxies, address] of [
    ["without a proxy", "10.0.0.7", "1.2.3.4", [], "10.0.0.7"],
    [
      "behind one on this machine",
      "127.0.0.1",
      "6.6.6.6, 1.2.3.4",
      [],
      "1.2.3.4",
    ],
    [
      "behind a trusted one",
      "172.18.0.2",
      "1.2.3.4",
      ["172.18.0.0/16"],
      "1.2.3.4",
    ],
    ["behind two", "10.0.0.1", "1.2.3.4, 10.0.0.2", ["10.0.0.0/8"], "1.2.3.4"],
    [
      "beside a trusted one",
      "172.19.0.2",
      "1.2.3.4",
      ["172.18.0.0/16"],
      "172.19.0.2",
    ],
  ] as const)
    it(`knows the browser's address ${what}`, () => {
      const headers = { "x-forwarded-for": forwarded };
      const found = visitor(peer, headers, { proxies: [...proxies] });
      assert.equal(found.address, address);
    });

  for (const [what, headers, isEncrypted, origins] of [
    ["plain", { host: "nas:1880" }, false, ["http://nas:1880"]],
    ["with a usual port", { host: "NAS:80" }, false, ["http://nas"]],
    ["encrypted", { host: "nas" }, true, ["https://nas"]],
    [
      "behind a proxy that keeps the host",
      { host: "home.example", "x-forwarded-proto": "https" },
      false,
      ["https://home.example"],
    ],
    [
      "behind a proxy that says the host",
      {
        host: "127.0.0.1:1880",
        "x-forwarded-host": "home.example, inner",
        "x-forwarded-proto": "https, http",
      },
      false,
      ["https://home.example", "https://127.0.0.1:1880"],
    ],
    ["without a host", {}, false, []],
    ["of nonsense", { host: "a b" }, false, []],
  ] as const)
    it(`knows its own origin: ${what}`, () => {
      const found = visitor("127.0.0.1", headers, { isEncrypted });
      assert.deepEqual(found.ownOrigins, origins);
    });
});

describe("trustProxies", () => {
  it("names what is no address", () => {
    for (const wrong of ["proxy", "10.0.0.0/33", "10.0.0.0/x", "::/129", ""])
      assert.throws(() => trustProxies([wrong]), {
        name: "TypeError",
        message: `Expected an address or a network, got «${wrong}»`,
      });
  });
});
