import assert from "node:assert/strict";
import {
  checkTarget,
  createCredential,
  resolveEndpoint,
  toVoiceLiveError,
  VoiceLiveError,
} from "../../lib/client";
import { silentWords } from "../client/silent-words";
import { DEFAULT_CALL_LIMITS } from "../../lib/client/call-limits";
import { CallRunner } from "../../lib/client/call-runner";
import { CAUSES, type Cause } from "../../lib/client/causes";
import { Memory } from "../../lib/client/memory";
import { ToolCallLedger, type FunctionCall } from "../../lib/client/tool-calls";
import { ToolBox } from "../../lib/client/tools";
import { RecordingFolder } from "../../lib/recorder";
import { stopClock } from "../client/clock";
import { useNodeRed, type FlowOptions } from "../support/flow";

const CALL: FunctionCall = {
  callId: "call_1",
  itemId: "item_1",
  responseId: "resp_1",
  name: "weather",
  arguments: "{}",
};

function ledger(): ToolCallLedger {
  const calls = new ToolCallLedger();
  calls.open("resp_1", [CALL]);
  return calls;
}

function toolBox(): ToolBox {
  const tools = new ToolBox();
  tools.declare({
    name: "weather",
    description: "",
    parameters: { type: "object", required: ["city"] },
    timeoutMs: 1_000,
    confirm: false,
  });
  return tools;
}

function callRunner(): CallRunner {
  return new CallRunner({
    tools: toolBox(),
    limits: DEFAULT_CALL_LIMITS,
    onCall: () => undefined,
    onApproval: () => undefined,
    onFault: (fault) => {
      throw fault;
    },
    sendOutput: () => "item_2",
    sendLate: () => assert.fail("no result is to be spoken late"),
    words: silentWords(),
    requestFollowUp: () => undefined,
  });
}

/** What the library refuses, by the code it refuses it with. */
const REFUSE: Readonly<Record<string, () => unknown>> = {
  VOICE_LIVE_ENDPOINT: () => resolveEndpoint(""),
  VOICE_LIVE_CONFIGURATION: () => checkTarget({ target: "model", model: "" }),
  VOICE_LIVE_ENVIRONMENT: () => resolveEndpoint("${NOT_SET}"),
  VOICE_LIVE_CREDENTIAL: () =>
    createCredential({ auth: "key", apiKey: undefined }),
  VOICE_LIVE_CALL_ANSWERED: () => {
    const calls = ledger();
    calls.answer("call_1", true);
    calls.answer("call_1", true);
  },
  VOICE_LIVE_CALL_LATE: () => {
    const calls = ledger();
    calls.timeOut("call_1");
    calls.answer("call_1", true);
  },
  VOICE_LIVE_CALL_TIMEOUT: () => {
    const clock = stopClock();
    try {
      callRunner().run("resp_1", [{ ...CALL, arguments: '{"city":"Kiel"}' }]);
      clock.tick(1_000);
    } finally {
      clock.uninstall();
    }
  },
  VOICE_LIVE_ARGUMENTS: () => toolBox().readArguments("weather", "{}"),
  VOICE_LIVE_TOOL: () => toolBox().readArguments("lottery", "{}"),
  VOICE_LIVE_HISTORY: async () => {
    const fail = () => Promise.reject(new Error("no disk"));
    const faults: VoiceLiveError[] = [];
    const memory = new Memory({
      key: "caller",
      bounds: { maxItems: 1, maxCharacters: 1 },
      store: { load: fail, save: fail, remove: fail },
      onFault: (fault) => faults.push(fault),
    });
    await memory.ready();
    return faults[0];
  },
  VOICE_LIVE_RECORDING: () =>
    new RecordingFolder("/dev/null", {
      maxRecordings: 1,
      maxBytes: 1,
      whenFull: "stop",
    }).begin("caller", new Date()),
  VOICE_LIVE_INTERNAL: () => {
    throw toVoiceLiveError(new RangeError("x"));
  },
};

interface Refusal {
  readonly flow: Partial<FlowOptions>;
  /** Messages to the node `node`, the last of which it refuses. */
  readonly messages: readonly object[];
}

const TEXT = { id: "node", type: "voice-live-message" };

/** What a node refuses of what a flow sends. */
const REFUSE_MESSAGE: Readonly<Record<string, Refusal>> = {
  VOICE_LIVE_ACTION: {
    flow: { nodes: [{ id: "node", type: "voice-live-control" }] },
    messages: [{ action: "dance" }],
  },
  VOICE_LIVE_KEY: {
    flow: { nodes: [TEXT], session: { conversations: "keyed", key: "caller" } },
    messages: [{ payload: "Hello." }],
  },
  VOICE_LIVE_LIMIT: {
    flow: {
      nodes: [TEXT],
      session: { conversations: "keyed", key: "caller", maxConversations: 1 },
    },
    messages: [
      { payload: "Hello.", caller: "first" },
      { payload: "Hello.", caller: "second" },
    ],
  },
  VOICE_LIVE_PAYLOAD: {
    flow: { nodes: [TEXT] },
    messages: [{ payload: { color: "red" } }],
  },
  VOICE_LIVE_AUDIO: {
    flow: { nodes: [{ id: "node", type: "voice-live-audio-in" }] },
    messages: [{ payload: Buffer.alloc(3), channels: 99 }],
  },
  VOICE_LIVE_NOT_CONNECTED: {
    flow: { nodes: [TEXT], session: { connect: "command" } },
    messages: [{ payload: "Hello." }],
  },
  VOICE_LIVE_NO_SESSION: {
    flow: { nodes: [{ ...TEXT, session: "" }] },
    messages: [{ payload: "Hello." }],
  },
  VOICE_LIVE_CALL_UNKNOWN: {
    flow: { nodes: [{ id: "node", type: "voice-live-function-result" }] },
    messages: [{ payload: "sunny", voice: { callId: "call_1" } }],
  },
};

const RAISED = Object.values<Cause>(CAUSES)
  .flatMap(({ seen, severity }) =>
    (seen.raised ?? []).map((code) => ({ code, severity })),
  )
  .filter(({ code }) => code !== "*");

describe("causes that are raised in their own words", () => {
  const nodeRed = useNodeRed();

  for (const { code, severity } of RAISED) {
    it(`include ${code}, with severity ${severity}`, async () => {
      const fault = await raise(code);
      assert.equal(fault.code, code);
      assert.equal(fault.severity, severity);
      if (code !== "VOICE_LIVE_INTERNAL") assert.ok(fault.nextStep);
    });
  }

  async function raise(code: string): Promise<VoiceLiveError> {
    const refuse = REFUSE[code];
    if (refuse) return refusedBy(refuse);
    const refusal = REFUSE_MESSAGE[code];
    assert.ok(refusal, `REFUSE or REFUSE_MESSAGE has an entry for ${code}`);
    const { flow: options, messages } = refusal;
    const simulator = await nodeRed.simulator();
    const flow = await nodeRed.deploy({ nodes: [], simulator, ...options });
    for (const msg of messages.slice(0, -1)) await flow.accept("node", msg);
    return flow.refuse("node", messages.at(-1));
  }
});

/** What is thrown, or reported otherwise. */
async function refusedBy(refuse: () => unknown): Promise<VoiceLiveError> {
  const [outcome] = await Promise.allSettled([(async () => refuse())()]);
  const refused =
    outcome.status === "rejected" ? outcome.reason : outcome.value;
  assert.ok(refused instanceof VoiceLiveError);
  return refused;
}
