import assert from "node:assert/strict";
import { resolveEndpoint } from "../../lib/client/endpoint";
import type { ServiceKind } from "../../lib/protocol";
import { faultOf } from "./faults";

const OPENAI = "wss://api.openai.com/v1/realtime";
const AZURE = "wss://my-res.openai.azure.com/openai/v1/realtime";

const UNDERSTOOD: readonly (readonly [
  service: ServiceKind,
  pasted: string,
  url: string,
])[] = [
  ["openai", "", OPENAI],
  ["openai", "api.openai.com", OPENAI],
  ["openai", "https://api.openai.com/v1", OPENAI],
  ["openai", "wss://api.openai.com/v1/realtime?model=gpt-realtime", OPENAI],
  [
    "openai",
    "https://eu.api.openai.com",
    "wss://eu.api.openai.com/v1/realtime",
  ],
  ["openai", "http://127.0.0.1:8080/v1", "ws://127.0.0.1:8080/v1/realtime"],
  ["openai", "localhost:8080", "ws://localhost:8080/v1/realtime"],
  ["azure-openai", "my-res", AZURE],
  ["azure-openai", "https://my-res.openai.azure.com/", AZURE],
  ["azure-openai", "https://my-res.openai.azure.com/openai/v1", AZURE],
  [
    "azure-openai",
    "https://my-res.services.ai.azure.com/openai/v1/",
    "wss://my-res.services.ai.azure.com/openai/v1/realtime",
  ],
  [
    "azure-openai",
    "https://my-res.cognitiveservices.azure.com",
    "wss://my-res.cognitiveservices.azure.com/openai/v1/realtime",
  ],
];

const REFUSED: readonly (readonly [
  service: ServiceKind,
  pasted: string,
  reason: RegExp,
])[] = [
  [
    "openai",
    "https://my-res.openai.azure.com",
    /Azure OpenAI host.*choose the service/,
  ],
  ["openai", "https://platform.openai.com/api-keys", /web page/],
  [
    "openai",
    "https://api.openai.com.evil.com",
    /evil\.com is not OpenAI's own.*custom host/,
  ],
  ["openai", "https://evil.api.openai.com", /not OpenAI's own/],
  ["openai", "http://api.openai.com", /not encrypted/],
  ["openai", "sk-proj-0123456789abcdefghij", /contains a key/],
  ["openai", "http://169.254.169.254/v1", /metadata/],
  ["azure-openai", "", /empty.*my-resource\.openai\.azure\.com/],
  [
    "azure-openai",
    "https://api.openai.com",
    /OpenAI's own.*choose the service/,
  ],
  [
    "azure-openai",
    "https://my-res.openai.azure.com.evil.com",
    /not an Azure OpenAI host/,
  ],
  [
    "azure-openai",
    "https://westeurope.api.cognitive.microsoft.com",
    /not an Azure OpenAI host/,
  ],
  [
    "voice-live",
    "https://my-res.openai.azure.com",
    /choose the service that this host belongs to/,
  ],
];

describe("The endpoint of each service", () => {
  for (const [service, pasted, url] of UNDERSTOOD) {
    it(`is, for ${service} and "${pasted}", ${url}`, () => {
      assert.equal(
        resolveEndpoint(pasted, { service, apiVersion: "v1" }).href,
        url,
      );
    });
  }

  for (const [service, pasted, reason] of REFUSED) {
    it(`is, for ${service}, not "${pasted}"`, () => {
      const fault = faultOf("VOICE_LIVE_ENDPOINT", () =>
        resolveEndpoint(pasted, { service, apiVersion: "v1" }),
      );
      assert.match(fault.message, reason);
    });
  }

  it("has a path of its own for previews of Azure OpenAI", () => {
    const url = resolveEndpoint("my-res", {
      service: "azure-openai",
      apiVersion: "2025-04-01-preview",
    });
    assert.equal(url.href, "wss://my-res.openai.azure.com/openai/realtime");
  });

  it("keeps the prefix of a gateway, and repeats nothing of the path", () => {
    for (const [pasted, path] of [
      ["https://gateway.example/ai", "/ai/v1/realtime"],
      ["https://gateway.example/ai/v1/", "/ai/v1/realtime"],
      ["https://gateway.example/ai/v1/realtime", "/ai/v1/realtime"],
      ["https://gateway.example/v12", "/v12/v1/realtime"],
    ] as const) {
      const url = resolveEndpoint(pasted, {
        service: "openai",
        customHost: true,
      });
      assert.equal(url.pathname, path);
    }
  });
});
