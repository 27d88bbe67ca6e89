import assert from "node:assert/strict";
import { inspect } from "node:util";
import { isLoopback, resolveEndpoint } from "../../lib/client/endpoint";
import type { ErrorCode } from "../../lib/client/errors";
import { faultOf } from "./faults";

const AZURE = "wss://my-res.services.ai.azure.com/voice-live/realtime";

const UNDERSTOOD: readonly (readonly [pasted: string, url: string])[] = [
  ["my-res", AZURE],
  ["MY-RES", AZURE],
  ["my-res/", AZURE],
  ["my-res.services.ai.azure.com", AZURE],
  ["https://my-res.services.ai.azure.com", AZURE],
  ["https://my-res.services.ai.azure.com/", AZURE],
  ["HTTPS://My-Res.Services.AI.Azure.Com//", AZURE],
  ["wss://my-res.services.ai.azure.com", AZURE],
  ["https://my-res.services.ai.azure.com:443/", AZURE],
  ["https://my-res.services.ai.azure.com/api/projects/p", AZURE],
  [
    "wss://my-res.services.ai.azure.com/voice-live/realtime?api-version=2026-07-15&model=gpt-realtime",
    AZURE,
  ],
  ["https://my-res.services.ai.azure.com/#overview", AZURE],
  ["  https://my-res.services.ai.azure.com \n", AZURE],
  ['"https://my-res.services.ai.azure.com"', AZURE],
  ["'https://my-res.services.ai.azure.com'", AZURE],
  ["<https://my-res.services.ai.azure.com/>", AZURE],
  ["https://ｍy-res.services.ai.azure.com", AZURE],
  [
    "https://my-res.cognitiveservices.azure.com/",
    "wss://my-res.cognitiveservices.azure.com/voice-live/realtime",
  ],
  [
    "https://westeurope.api.cognitive.microsoft.com/sts/v1.0/issuetoken",
    "wss://westeurope.api.cognitive.microsoft.com/voice-live/realtime",
  ],
  ["http://localhost:8080", "ws://localhost:8080/voice-live/realtime"],
  ["localhost:8080", "ws://localhost:8080/voice-live/realtime"],
  ["localhost", "ws://localhost/voice-live/realtime"],
  ["127.0.0.1:3000", "ws://127.0.0.1:3000/voice-live/realtime"],
  ["ws://127.0.0.1:3000/", "ws://127.0.0.1:3000/voice-live/realtime"],
  ["ws://127.9.9.9", "ws://127.9.9.9/voice-live/realtime"],
  ["[::1]:3000", "ws://[::1]:3000/voice-live/realtime"],
  ["http://[::1]:3000", "ws://[::1]:3000/voice-live/realtime"],
  ["https://localhost:8443", "wss://localhost:8443/voice-live/realtime"],
];

const REFUSED: readonly (readonly [
  pasted: string,
  reason: RegExp,
  code?: ErrorCode,
])[] = [
  ["", /empty/],
  ["   ", /empty/],
  ['""', /empty/],
  ["not an address", /not an address/],
  ["https://", /not an address/],
  ["https://my-res.services.ai.azure.com:port", /not an address/],
  ["mailto:me@example.com", /not an address|key or password/],
  ["http://my-res.services.ai.azure.com", /not encrypted.*https:/],
  ["ws://my-res.services.ai.azure.com", /not encrypted.*https:/],
  ["ftp://my-res.services.ai.azure.com", /ftp:.*https:/],
  ["file:///etc/passwd", /file:.*https:/],
  ["https://my-res.openai.azure.com", /Azure OpenAI.*services\.ai\.azure/],
  ["wss://api.openai.com/v1/realtime", /OpenAI's own.*services\.ai\.azure/],
  ["https://portal.azure.com/#home", /portal page.*services\.ai\.azure/],
  ["https://ai.azure.com/resource/x", /portal page.*services\.ai\.azure/],
  ["https://westeurope.stt.speech.microsoft.com", /classic speech/],
  ["https://my-res.services.ai.azure.com.evil.com", /evil\.com.*custom host/],
  ["https://my-res.services.ai.azure.com。evil.com", /evil\.com.*custom host/],
  ["https://evil.com/.services.ai.azure.com", /evil\.com.*custom host/],
  ["https://evil.com\\.services.ai.azure.com", /evil\.com.*custom host/],
  ["https://evil.com#.services.ai.azure.com", /evil\.com.*custom host/],
  ["https://evilservices.ai.azure.com", /evilservices.*custom host/],
  ["https://services.ai.azure.com", /services\.ai\.azure\.com.*custom host/],
  ["https://.services.ai.azure.com", /custom host/],
  ["https://..services.ai.azure.com", /custom host/],
  ["https://my-res.services.ai.аzure.com", /xn--.*custom host/],
  ["https://my-res.servіces.ai.azure.com", /xn--.*custom host/],
  ["https://my-res.services.ai.azure.com.", /azure\.com\. is not.*custom host/],
  ["https://my-res.services.ai.azure.com..", /not an address|custom host/],
  ["https://my-res.services.ai.azure.com%2eevil.com", /evil\.com.*custom host/],
  ["https://my-res.services.ai.azure.com%00.evil.com", /not an address/],
  ["https://my-res.services.ai.azure.com%0d%0aHost:%20evil.com", /not an addr/],
  ["https://my-res.services.ai.azure.com\r\nHost: evil.com", /line break/],
  ["https://my-res.services.ai.azure.com\n.evil.com", /line break/],
  ["https://evil.com\t/.services.ai.azure.com", /control character/],
  ["https://evil.com\u0000.services.ai.azure.com", /control character/],
  ["https://evil.com?.services.ai.azure.com", /evil\.com.*custom host/],
  ["https:\\\\evil.com\\.services.ai.azure.com", /custom host|not an address/],
  ["https:evil.com/.services.ai.azure.com", /not an address|custom host/],
  ["//evil.com/.services.ai.azure.com", /not an address|custom host/],
  ["https://my-res.services.ai.azure.co", /azure\.co is not.*custom host/],
  ["https://my-res.services.ai.azure.com-evil.com", /evil\.com.*custom host/],
  ["https://my-res.services-ai.azure.com", /services-ai.*custom host/],
  ["https://my_res.services.ai.azure.com", /my_res.*custom host/],
  ["https://my-res.services.ai.azure\u3002com.evil.com", /evil.*custom host/],
  ["https://my-res.services.ai.azure\u2024com", /custom host|not an address/],
  ["https://my-res.services.ai.\u0430zure.com", /xn--.*custom host/],
  ["javascript:alert(1)//.services.ai.azure.com", /not an address|custom/],
  ["ws+unix:///var/run/docker.sock", /ws\+unix:.*https:/],
  ["http://127.0.0.1.services.ai.azure.com", /not encrypted/],
  ["ws://localhost.", /custom host/],
  ["ws://127.0.0.1@evil.com", /key or password/],
  ["https://gateway.example.com", /gateway\.example\.com.*custom host/],
  ["https://10.0.0.5", /10\.0\.0\.5.*custom host/],
  ["${ENDPOINT}", /ENDPOINT.*not set.*Set ENDPOINT/, "VOICE_LIVE_ENVIRONMENT"],
  [
    "https://${RESOURCE}.services.ai.azure.com",
    /RESOURCE.*not set.*Set RESOURCE/,
    "VOICE_LIVE_ENVIRONMENT",
  ],
];

const SECRET = "0123456789abcdef0123456789abcdef";
const LONG_SECRET = "Ab3".repeat(28);

const WITH_SECRET = [
  `https://my-res.services.ai.azure.com?api-key=${SECRET}`,
  `https://my-res.services.ai.azure.com?API_KEY=${SECRET}`,
  `https://my-res.services.ai.azure.com?subscription-key=${SECRET}`,
  `https://my-res.services.ai.azure.com?Authorization=Bearer%20${SECRET}`,
  `https://my-res.services.ai.azure.com?agent-access-token=${SECRET}`,
  `https://user:${SECRET}@my-res.services.ai.azure.com`,
  `https://${SECRET}@my-res.services.ai.azure.com`,
  `https://my-res.services.ai.azure.com@${SECRET}:pass@evil.com`,
  `http://gateway.example.com?key=${SECRET}`,
  `https://user:${SECRET}@host:port`,
  SECRET,
  SECRET.toUpperCase(),
  LONG_SECRET,
];

/** Addresses of metadata services and of nobody, in every spelling that a URL understands. */
const FORBIDDEN = [
  "169.254.169.254",
  "169.254.169.254.",
  "2852039166",
  "0xa9fea9fe",
  "0xA9.0xFE.0xA9.0xFE",
  "0251.0376.0251.0376",
  "169.254.43518",
  "①⑥⑨.254.169.254",
  "169.254.0.1",
  "[::ffff:169.254.169.254]",
  "[::ffff:a9fe:a9fe]",
  "[::169.254.169.254]",
  "[::ffff:0:169.254.169.254]",
  "[64:ff9b::169.254.169.254]",
  "[2002:a9fe:a9fe::1]",
  "[fe80::1]",
  "[FEBF::1]",
  "[fd00:ec2::254]",
  "168.63.129.16",
  "[::ffff:168.63.129.16]",
  "100.100.100.200",
  "0.0.0.0",
  "0",
  "[::]",
  "[::ffff:0.0.0.0]",
  "224.0.0.1",
  "255.255.255.255",
  "[ff02::1]",
  "[64:ff9b::168.63.129.16]",
  "[64:ff9b::100.100.100.200]",
  "[2002:6464:64c8::1]",
  "[::240.0.0.1]",
  "192.0.0.192",
  "[fd20:ce::254]",
  "0xa83f8110",
  "169.0376.0xa9fe",
  "instance-data",
  "instance-data.ec2.internal",
  "metadata.goog",
  "metadata.google.internal",
  "metadata.google.internal.",
  "METADATA.azure.internal",
];

describe("resolveEndpoint", () => {
  for (const [pasted, url] of UNDERSTOOD) {
    it(`understands ${JSON.stringify(pasted)}`, () => {
      assert.equal(resolveEndpoint(pasted).href, url);
    });
  }

  for (const [pasted, reason, code] of REFUSED) {
    it(`refuses ${JSON.stringify(pasted)} and says why`, () => {
      const fault = faultOf(code ?? "VOICE_LIVE_ENDPOINT", () =>
        resolveEndpoint(pasted),
      );
      assert.match(fault.message, reason);
      assert.ok(fault.nextStep);
    });
  }

  for (const pasted of WITH_SECRET) {
    it(`refuses a secret and does not repeat it: ${pasted.slice(0, 60)}`, () => {
      const fault = faultOf("VOICE_LIVE_ENDPOINT", () =>
        resolveEndpoint(pasted, { customHost: true }),
      );
      const shown = inspect(fault, { depth: 10 }).toLowerCase();
      assert.ok(!shown.includes(SECRET), shown);
      assert.ok(!shown.includes(LONG_SECRET.toLowerCase()), shown);
    });
  }

  for (const host of FORBIDDEN) {
    it(`gives no key to ${host}, custom host or not`, () => {
      for (const customHost of [false, true]) {
        const fault = faultOf("VOICE_LIVE_ENDPOINT", () =>
          resolveEndpoint(`https://${host}/`, { customHost }),
        );
        assert.match(fault.message, /link-local or metadata/);
        assert.ok(fault.nextStep);
      }
    });
  }

  it("lets a custom host through with the tick, and keeps its port and path", () => {
    const customHost = true;
    for (const [pasted, url] of [
      [
        "https://gateway.example.com",
        "wss://gateway.example.com/voice-live/realtime",
      ],
      [
        "gateway.example.com:8443/voice/",
        "wss://gateway.example.com:8443/voice/voice-live/realtime",
      ],
      [
        "https://gateway.example.com/a/voice-live/realtime/?x=1",
        "wss://gateway.example.com/a/voice-live/realtime",
      ],
      ["https://10.0.0.5", "wss://10.0.0.5/voice-live/realtime"],
      ["https://[fd12::5]:9", "wss://[fd12::5]:9/voice-live/realtime"],
    ] as const)
      assert.equal(resolveEndpoint(pasted, { customHost }).href, url);
  });

  it("refuses plain text to a custom host even with the tick", () => {
    for (const pasted of [
      "http://gateway.example.com",
      "ws://10.0.0.5",
      "ws://[::ffff:127.0.0.1]",
      "ws://localhost.evil.com",
      "ws://127.0.0.1.evil.com",
    ])
      assert.match(
        faultOf("VOICE_LIVE_ENDPOINT", () =>
          resolveEndpoint(pasted, { customHost: true }),
        ).message,
        /clear text/,
      );
  });

  it("refuses hosts that never serve Voice Live even with the tick", () => {
    for (const pasted of [
      "https://x.openai.azure.com",
      "https://api.openai.com",
      "https://portal.azure.com",
    ])
      faultOf("VOICE_LIVE_ENDPOINT", () =>
        resolveEndpoint(pasted, { customHost: true }),
      );
  });
});

describe("isLoopback", () => {
  it("knows the machine itself and nobody else", () => {
    for (const host of ["localhost", "127.0.0.1", "127.255.0.9", "[::1]"])
      assert.equal(isLoopback(host), true, host);
    for (const host of [
      "127.0.0.1.evil.com",
      "localhost.evil.com",
      "128.0.0.1",
      "[::2]",
      "0.0.0.0",
    ])
      assert.equal(isLoopback(host), false, host);
  });
});
