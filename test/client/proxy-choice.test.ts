import assert from "node:assert/strict";
import { isExempt, proxyOfEnvironment } from "../../lib/client/proxy-choice";

const AZURE = new URL("wss://my-res.services.ai.azure.com/voice-live/realtime");
const GATEWAY = new URL("wss://gateway.example.com:8443/voice-live/realtime");

describe("proxyOfEnvironment", () => {
  for (const [environment, found] of [
    [{}, ""],
    [{ https_proxy: "http://a" }, "http://a"],
    [{ HTTPS_PROXY: "http://a" }, "http://a"],
    [{ https_proxy: "http://a", HTTPS_PROXY: "http://b" }, "http://a"],
    [{ https_proxy: "", HTTPS_PROXY: "http://b" }, "http://b"],
    [{ all_proxy: "http://a" }, "http://a"],
    [{ all_proxy: "http://a", https_proxy: "http://b" }, "http://b"],
    [{ https_proxy: "http://a", wss_proxy: "http://b" }, "http://b"],
    [{ npm_config_https_proxy: "http://a", https_proxy: "b" }, "http://a"],
    [{ http_proxy: "http://a" }, ""],
    [{ https_proxy: "http://a", no_proxy: "*" }, ""],
    [{ https_proxy: "http://a", NO_PROXY: ".azure.com" }, ""],
    [{ https_proxy: "http://a", no_proxy: "example.com" }, "http://a"],
  ] as const) {
    it(`takes ${found || "none"} from ${JSON.stringify(environment)}`, () => {
      assert.equal(proxyOfEnvironment(AZURE, environment), found);
    });
  }

  it("never sends what is for this machine to a proxy", () => {
    for (const url of [
      "ws://127.0.0.1:3000/",
      "wss://localhost/",
      "ws://[::1]:3000/",
    ])
      assert.equal(
        proxyOfEnvironment(new URL(url), { all_proxy: "http://a" }),
        "",
      );
  });
});

describe("isExempt", () => {
  for (const [noProxy, isWithout] of [
    ["", false],
    ["*", true],
    ["gateway.example.com", true],
    ["GATEWAY.example.com", true],
    ["gateway.example.com:8443", true],
    ["gateway.example.com:443", false],
    ["example.com", false],
    [".example.com", true],
    ["*.example.com", true],
    ["*example.com:8443", true],
    ["way.example.com", false],
    ["other.org, gateway.example.com", true],
    ["other.org gateway.example.com", true],
    [",, ,", false],
  ] as const) {
    it(`${isWithout ? "spares" : "uses"} the proxy by the list ${JSON.stringify(noProxy)}`, () => {
      assert.equal(isExempt(GATEWAY, noProxy), isWithout);
    });
  }

  it("takes 443 for the port of an address without one", () => {
    assert.equal(isExempt(AZURE, "my-res.services.ai.azure.com:443"), true);
    assert.equal(isExempt(AZURE, "my-res.services.ai.azure.com:80"), false);
  });
});
