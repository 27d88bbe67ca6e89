import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type FlowOptions,
  KEY,
  type NodeConfig,
  type TestFlow,
  useNodeRed,
} from "../support/flow";

const NODES: readonly NodeConfig[] = [
  { id: "text", type: "voice-live-message" },
  { id: "transcript", type: "voice-live-transcript", who: "assistant" },
  { id: "event", type: "voice-live-event" },
];

function servers(): number {
  return process
    .getActiveResourcesInfo()
    .filter((name) => name === "TCPServerWrap").length;
}

describe("voice-live-resource", () => {
  const nodeRed = useNodeRed();

  function deploy(options: Partial<FlowOptions> = {}): Promise<TestFlow> {
    return nodeRed.deploy({ nodes: NODES, ...options });
  }

  describe("as a simulator", () => {
    it("answers without any account", async () => {
      const flow = await deploy();
      await flow.accept("text", { payload: "Hello." });
      assert.equal(
        (await flow.message("transcript")).payload,
        "Hello, nice to hear you.",
      );
      const ready = await flow.message(
        "event",
        "ready",
        ({ topic }) => topic === "ready",
      );
      assert.equal(ready.payload.session.model, "gpt-realtime");
    });

    for (const [what, script] of [
      ["a list of rules", [{ when: {}, do: [{ say: "As you say." }] }]],
      ["rules as JSON", '[{"when": {}, "do": [{"say": "As you say."}]}]'],
    ] as const) {
      it(`follows ${what}`, async () => {
        const flow = await deploy({ resource: { script } });
        await flow.accept("text", { payload: "Hello." });
        assert.equal((await flow.message("transcript")).payload, "As you say.");
      });
    }

    it("echoes, when it is set to", async () => {
      const flow = await deploy({ resource: { script: "echo" } });
      await flow.accept("text", { payload: "Say this." });
      assert.equal((await flow.message("transcript")).payload, "Say this.");
    });

    for (const [what, script, says] of [
      [
        "is not JSON",
        "[{",
        /script is not JSON.*Correct it in the resource node/,
      ],
      [
        "has an unknown step",
        [{ when: {}, do: [{ sing: "la" }] }],
        /Script rule 1.*`do\[0\]\.sing` is unknown.*Correct the script in the resource node/,
      ],
      ["is an object", '{"when": {}}', /list of rules.*Correct the script/],
    ] as const) {
      it(`says what is wrong with a script that ${what}`, async () => {
        const flow = await deploy({ resource: { script } });
        const { error } = await flow.fault("VOICE_LIVE_CONFIGURATION");
        assert.match(error.message, says);
        await flow.looks("text", "red ring fault.VOICE_LIVE_CONFIGURATION");
      });
    }

    it("is not what a mistyped service becomes", async () => {
      const flow = await deploy({ resource: { service: "banana" } });
      const { error } = await flow.fault("VOICE_LIVE_CONFIGURATION");
      assert.match(
        error.message,
        /«service» of the resource node is "banana".*azure, .*simulator/,
      );
      await flow.looks("text", "red ring fault.VOICE_LIVE_CONFIGURATION");
    });

    it("starts with the first conversation, and leaves nothing running when the flow stops", async () => {
      const before = servers();
      const flow = await deploy({ session: { connect: "input" } });
      assert.equal(servers(), before);
      await flow.accept("text", { payload: "Hello." });
      await flow.message("transcript");
      assert.equal(servers(), before + 1);
      await flow.unload();
      assert.equal(servers(), before);
    });
  });

  describe("as a simulator of another service", () => {
    for (const [apiVersion, voice] of [
      ["2026-07-15", { type: "openai", name: "alloy" }],
      ["v1", { type: "openai", name: "alloy" }],
      ["openai", "alloy"],
      ["2025-04-01-preview", "alloy"],
    ] as const) {
      it(`speaks as the API version ${apiVersion} says`, async () => {
        const flow = await deploy({ resource: { apiVersion } });
        await flow.accept("text", { payload: "Hello." });
        assert.equal(
          (await flow.message("transcript")).payload,
          "Hello, nice to hear you.",
        );
        const ready = await flow.message(
          "event",
          "ready",
          ({ topic }) => topic === "ready",
        );
        assert.deepEqual(ready.payload.session.voice, voice);
        assert.deepEqual(flow.caught, []);
      });
    }
  });

  it("names to a flow, once, what its session asks for and the service does not have", async () => {
    const flow = await deploy({
      resource: { apiVersion: "openai" },
      session: {
        settings: {
          voice: { type: "azure-standard", name: "en-US-AvaNeural" },
          input_audio_noise_reduction: { type: "azure_deep_noise_suppression" },
        },
      },
    });
    const warning = await flow.message(
      "event",
      "a warning",
      ({ topic }) => topic === "warning",
    );
    assert.deepEqual(warning.payload.settings, [
      "voice",
      "input_audio_noise_reduction",
    ]);
    assert.match(
      warning.payload.message,
      /^The service does not have: voice \(Azure.*input_audio_noise_reduction \(Azure/,
    );
    await flow.accept("text", { payload: "Hello." });
    assert.equal(
      (await flow.message("transcript")).payload,
      "Hello, nice to hear you.",
    );
    assert.deepEqual(flow.caught, []);
  });

  describe("for OpenAI and Azure OpenAI", () => {
    /** What the service of a resource is asked first. */
    async function firstRequest(resource: object): Promise<IncomingMessage> {
      const server = createServer().listen(0, "127.0.0.1");
      await once(server, "listening");
      const upgrade = once(server, "upgrade");
      const { port } = server.address() as AddressInfo;
      await deploy({
        resource: { endpoint: `http://127.0.0.1:${port}`, ...resource },
      });
      const [request, socket] = (await upgrade) as [
        IncomingMessage,
        { destroy(): void },
      ];
      socket.destroy();
      server.close();
      return request;
    }

    it("gives OpenAI its key, organization and project in headers", async () => {
      const { url, headers } = await firstRequest({
        service: "openai",
        organization: "org-1",
        project: " proj_1 ",
      });
      assert.equal(url, "/v1/realtime?model=gpt-realtime");
      assert.deepEqual(
        [
          headers.authorization,
          headers["openai-organization"],
          headers["openai-project"],
          headers["api-key"],
        ],
        [`Bearer ${KEY}`, "org-1", "proj_1", undefined],
      );
    });

    for (const [apiVersion, url] of [
      ["v1", "/openai/v1/realtime?model=gpt-realtime"],
      ["", "/openai/v1/realtime?model=gpt-realtime"],
      [
        "2025-04-01-preview",
        "/openai/realtime?api-version=2025-04-01-preview&deployment=gpt-realtime",
      ],
    ]) {
      it(`asks Azure OpenAI in version "${apiVersion}" at its own path`, async () => {
        const request = await firstRequest({
          service: "azure-openai",
          apiVersion,
          organization: "org-1",
        });
        assert.equal(request.url, url);
        assert.equal(request.headers["api-key"], KEY);
        assert.equal(request.headers["openai-organization"], undefined);
      });
    }

    for (const [what, resource, code, says] of [
      [
        "a version of Voice Live for Azure OpenAI",
        { service: "azure-openai", apiVersion: "2026-07-15" },
        "VOICE_LIVE_CONFIGURATION",
        /2026-07-15 is an API version of Voice Live.*Choose v1/,
      ],
      [
        "an organization that is no id",
        { service: "openai", organization: "My company\r\nX: y" },
        "VOICE_LIVE_CONFIGURATION",
        /organization has characters.*Paste its id/,
      ],
      [
        "a project whose variable is not set",
        { service: "openai", project: "${NO_SUCH_PROJECT}" },
        "VOICE_LIVE_ENVIRONMENT",
        /project is taken from the environment variable NO_SUCH_PROJECT/,
      ],
      [
        "a host that is not OpenAI's",
        { service: "openai", endpoint: "https://example.com/v1" },
        "VOICE_LIVE_ENDPOINT",
        /example\.com is not OpenAI's own host.*custom host/,
      ],
    ] as const) {
      it(`refuses ${what}, and says why`, async () => {
        const flow = await deploy({
          resource: { endpoint: "http://127.0.0.1:9", ...resource },
        });
        const { error } = await flow.fault(code);
        assert.match(error.message, says);
      });
    }
  });

  describe("for Azure", () => {
    it("gives the key in one header, and nowhere else", async () => {
      const server = createServer().listen(0, "127.0.0.1");
      await once(server, "listening");
      const upgrade = once(server, "upgrade");
      await deploy({
        resource: {
          service: "azure",
          endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
          apiVersion: "2026-07-15",
        },
      });
      const [{ url, headers }, socket] = (await upgrade) as [
        IncomingMessage,
        { destroy(): void },
      ];
      socket.destroy();
      server.close();
      assert.equal(
        url,
        "/voice-live/realtime?api-version=2026-07-15&model=gpt-realtime",
      );
      assert.deepEqual(
        Object.entries(headers).filter(([, value]) =>
          String(value).includes(KEY),
        ),
        [["api-key", KEY]],
      );
    });

    it("takes what a person pastes for the key, with blanks around it", async () => {
      const simulator = await nodeRed.simulator();
      const flow = await deploy({
        simulator,
        credentials: { apiKey: ` ${KEY}\n` },
      });
      await flow.looks("text", "green dot ready");
    });

    it("takes neither address nor key from a message", async () => {
      const simulator = await nodeRed.simulator();
      const flow = await deploy({
        simulator,
        session: { connect: "input" },
      });
      const foreign = {
        endpoint: "ws://127.0.0.1:1",
        url: "ws://127.0.0.1:1",
        apiKey: "another",
        headers: { "api-key": "another" },
      };
      await flow.accept("text", {
        payload: "Hello.",
        ...foreign,
        voice: foreign,
        resource: foreign,
      });
      await flow.message("transcript");
      assert.equal(simulator.sessions.length, 1);
    });

    it("keeps to its budget of connections", async () => {
      const simulator = await nodeRed.simulator();
      const flow = await deploy({
        simulator,
        resource: { connectsPerMinute: "1" },
        session: { conversations: "keyed", key: "caller" },
      });
      for (const caller of ["anna", "bert"])
        await flow.accept("text", { payload: "Hello.", caller });
      await flow.message("transcript", "anna's reply");
      assert.equal(simulator.sessions.length, 1);
      assert.deepEqual(flow.caught, []);
    });
  });

  describe("says at Catch and on the status what is wrong with", () => {
    interface Case {
      readonly resource: object;
      readonly credentials?: object;
      readonly code: string;
      readonly says: RegExp;
    }
    const cases: Readonly<Record<string, Case>> = {
      "no endpoint": {
        resource: { endpoint: "" },
        code: "ENDPOINT",
        says: /endpoint is empty.*Paste/,
      },
      "an endpoint whose variable is not set": {
        resource: { endpoint: "${VOICE_ENDPOINT}" },
        code: "ENVIRONMENT",
        says: /endpoint is taken from the environment variable VOICE_ENDPOINT, which is not set.*Set VOICE_ENDPOINT/,
      },
      "an endpoint that is no address": {
        resource: { endpoint: "https://my resource" },
        code: "ENDPOINT",
        says: /not an address.*Paste it as shown/,
      },
      "an endpoint of another service": {
        resource: { endpoint: "https://shop.openai.azure.com" },
        code: "ENDPOINT",
        says: /Azure OpenAI.*Use the Foundry resource's endpoint/,
      },
      "an endpoint that is no Azure host": {
        resource: { endpoint: "https://example.com" },
        code: "ENDPOINT",
        says: /example\.com is not an Azure Voice Live host.*custom host/,
      },
      "an endpoint without encryption": {
        resource: { endpoint: "http://example.com", customHost: true },
        code: "ENDPOINT",
        says: /not encrypted.*https/,
      },
      "an endpoint with the key in its query": {
        resource: {
          endpoint: `https://shop.services.ai.azure.com/?api-key=${KEY}`,
        },
        code: "ENDPOINT",
        says: /contains a key.*API key field/,
      },
      "an endpoint with the key for a password": {
        resource: {
          endpoint: `https://user:${KEY}@shop.services.ai.azure.com`,
        },
        code: "ENDPOINT",
        says: /contains a key/,
      },
      "an endpoint that is no address and has the key in it": {
        resource: { endpoint: `https://my resource/?api-key=${KEY}` },
        code: "ENDPOINT",
        says: /not an address/,
      },
      "the key in the place of the endpoint": {
        resource: { endpoint: `${KEY}!` },
        code: "ENDPOINT",
        says: /./,
      },
      "no key": {
        resource: {},
        credentials: { apiKey: "" },
        code: "CREDENTIAL",
        says: /key is missing.*Paste key 1/,
      },
      "a key whose variable is not set": {
        resource: {},
        credentials: { apiKey: "${VOICE_KEY}" },
        code: "ENVIRONMENT",
        says: /environment variable VOICE_KEY, which is not set.*Set VOICE_KEY/,
      },
      "a key with blanks in it": {
        resource: {},
        credentials: { apiKey: `${KEY} ${KEY}` },
        code: "CREDENTIAL",
        says: /characters that no key has.*Paste it again/,
      },
      "a key with a line break in it": {
        resource: {},
        credentials: { apiKey: `${KEY}\r\nX-Other: ${KEY}` },
        code: "CREDENTIAL",
        says: /characters that no key has/,
      },
      "a client secret without its tenant": {
        resource: { auth: "client-secret", clientId: "app" },
        credentials: { clientSecret: KEY },
        code: "CREDENTIAL",
        says: /tenantId.*missing.*resource node/,
      },
      "an API version that the service does not know": {
        resource: { apiVersion: "2020-01-01" },
        code: "BAD_REQUEST",
        says: /2020-01-01.*API version/,
      },
      "an API version whose variable is not set": {
        resource: { apiVersion: "${VOICE_VERSION}" },
        code: "ENVIRONMENT",
        says: /API version is taken from the environment variable VOICE_VERSION.*Set VOICE_VERSION/,
      },
    };
    for (const [what, { resource, credentials, code, says }] of Object.entries(
      cases,
    )) {
      it(what, async () => {
        const simulator = await nodeRed.simulator();
        const flow = await deploy({
          simulator,
          resource,
          ...(credentials && { credentials }),
        });
        const { error } = await flow.fault(`VOICE_LIVE_${code}`);
        assert.match(error.message, says);
        await flow.looks("text", `red ring fault.VOICE_LIVE_${code}`);
        assert.equal(simulator.sessions.length, 0);
        assert.equal(flow.caught.length, 1);
      });
    }

    it("the wrong key", async () => {
      const simulator = await nodeRed.simulator({ apiKey: "another" });
      const flow = await deploy({ simulator });
      const { error } = await flow.fault("VOICE_LIVE_UNAUTHORIZED");
      assert.match(
        error.message,
        /did not accept the key or token \(401: .*Check the API key/,
      );
      await flow.looks("text", "red ring fault.VOICE_LIVE_UNAUTHORIZED");
      const told = await flow.message(
        "event",
        "an error",
        ({ topic }) => topic === "error",
      );
      assert.deepEqual(
        [
          told.payload.code,
          told.payload.retryable,
          told.payload.service.status,
        ],
        ["VOICE_LIVE_UNAUTHORIZED", false, 401],
      );
    });

    for (const [how, act] of [
      [
        "the flow asks",
        (flow: TestFlow) => flow.accept("control", { action: "connect" }),
      ],
      ["the flow is deployed", (flow: TestFlow) => flow.redeploy(NODES)],
    ] as const) {
      it(`the wrong key once more, at once, when ${how}`, async () => {
        const simulator = await nodeRed.simulator({ apiKey: "another" });
        const flow = await deploy({
          simulator,
          nodes: [...NODES, { id: "control", type: "voice-live-control" }],
        });
        await flow.looks("text", "red ring fault.VOICE_LIVE_UNAUTHORIZED");
        await act(flow);
        await flow.until(
          "the refusal to be told again",
          () =>
            flow.caught.filter(
              ({ error }) => error.code === "VOICE_LIVE_UNAUTHORIZED",
            ).length === 2,
        );
      });
    }

    it("a service that is busy, and how long it asks to wait", async () => {
      const server = createServer((_request, response) => {
        response.writeHead(429, { "Retry-After": "20" }).end();
      });
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      const { port } = server.address() as AddressInfo;
      const flow = await deploy({
        resource: { service: "azure", endpoint: `ws://127.0.0.1:${port}` },
      });
      const { payload } = await flow.message(
        "event",
        "an error",
        ({ topic }) => topic === "error",
      );
      assert.deepEqual(
        [payload.code, payload.severity, payload.retryAfterMs],
        ["VOICE_LIVE_BUSY", "retry", 20_000],
      );
      await flow.looks("text", "yellow ring reconnecting");
      server.close();
    });

    it("an endpoint without the service", async () => {
      const simulator = await nodeRed.simulator();
      const flow = await deploy({
        simulator,
        resource: { endpoint: `${simulator.url}/elsewhere` },
      });
      const { error } = await flow.fault("VOICE_LIVE_NOT_FOUND");
      assert.match(
        error.message,
        /no Voice Live service at this address.*Check the endpoint/,
      );
      await flow.looks("text", "red ring fault.VOICE_LIVE_NOT_FOUND");
    });

    it("an endpoint where nobody listens, which it tries again", async () => {
      const simulator = await nodeRed.simulator();
      await simulator.close();
      const flow = await deploy({
        resource: { service: "azure", endpoint: simulator.url },
      });
      const { error } = await flow.fault("VOICE_LIVE_NETWORK");
      assert.match(
        error.message,
        /refuses connections.*Check host, port and firewall/,
      );
      await flow.looks("text", "yellow ring reconnecting");
    });
  });

  it("keeps what a flow sends after a fault, and says that it has come through", async () => {
    const simulator = await nodeRed.simulator();
    const flow = await deploy({ simulator });
    await flow.looks("text", "green dot ready");
    (await flow.service()).drop();
    await flow.looks("text", "yellow ring reconnecting");
    await flow.accept("text", { payload: "Hello." });
    assert.equal(
      (await flow.message("transcript")).payload,
      "Hello, nice to hear you.",
    );
  });
});
