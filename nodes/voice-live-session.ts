import type { Node, NodeAPI, NodeDef } from "node-red";
import { BoundedMap } from "../lib/bounded-map";
import {
  ConversationHub,
  DayUsage,
  ECHO_MODES,
  toVoiceLiveError,
  VoiceLiveError,
  type Conversation,
  type Greeting,
  type RenewalPolicy,
  type ServiceAccess,
  type SessionTarget,
} from "../lib/client";
import { contextHistory } from "./shared/context-history";
import { DayKeeper } from "./shared/day-keeper";
import { number, object, oneOf, text, texts } from "./shared/config-values";
import { refuseUnsetVariables, withTypes } from "./shared/environment";
import {
  readAuthorizations,
  type McpCredentials,
} from "./shared/mcp-authorizations";
import {
  isRecord,
  readProperty,
  readVoice,
  voiceOf,
  type FlowMessage,
} from "./shared/messages";
import { Members } from "./shared/members";
import { addLiveSession } from "./shared/live-sessions";
import type { SessionRefusal, VoiceSession } from "./shared/session-access";
import { missingConfig } from "./shared/refusal";
import { SESSION_NUMBERS, type SessionNumber } from "./shared/session-numbers";
import { serveSessionTalk } from "./shared/session-talk";
import { trySession } from "./shared/session-trial";
import { refuseVariables, serveTrial } from "./shared/trials";
import type { ResourceNode } from "./voice-live-resource";
import { registerNode } from "./shared/register-node";

interface SessionConfig extends NodeDef {
  readonly resource?: unknown;
  readonly target?: unknown;
  readonly model?: unknown;
  readonly profile?: unknown;
  readonly agent?: unknown;
  readonly settings?: unknown;
  readonly authorizedServers?: unknown;
  readonly greeting?: unknown;
  readonly conversations?: unknown;
  readonly key?: unknown;
  readonly keyType?: unknown;
  readonly carry?: unknown;
  readonly connect?: unknown;
  readonly echo?: unknown;
  readonly echoTailMs?: unknown;
  readonly silenceSeconds?: unknown;
  readonly idleMinutes?: unknown;
  readonly maxConversations?: unknown;
  readonly sessionMinutes?: unknown;
  readonly renewMarginSeconds?: unknown;
  readonly historyItems?: unknown;
  readonly historyCharacters?: unknown;
  readonly historyStore?: unknown;
  readonly maxMinutes?: unknown;
  readonly maxTokens?: unknown;
  readonly dayMinutes?: unknown;
  readonly dayTokens?: unknown;
  readonly callsPerMinute?: unknown;
  readonly callSteps?: unknown;
}

type SessionNode = Node<McpCredentials> & {
  voiceSession?: VoiceSession;
  refusal?: SessionRefusal;
};

/** Key of the one conversation of a session node that serves no more (design.md §4.2). */
const DEFAULT_KEY = "default";
/** Longer keys are a payload in the wrong place. */
const MAX_KEY_LENGTH = 256;

export default function (RED: NodeAPI): void {
  /** By session node; a redeploy makes a new node of the same id, and does not give the day back. */
  const days = new Map<string, KeptDay>();

  function VoiceLiveSessionNode(
    this: SessionNode,
    config: SessionConfig,
  ): void {
    const kept = days.get(this.id) ?? {
      day: new DayUsage(Date.now()),
      hasRead: false,
    };
    days.set(this.id, kept);
    const session = createSession(RED, this, config, kept.day);
    this.voiceSession = session;
    const keeper = keeperOf(this, config, session, kept);
    const withdraw = addLiveSession(this.id, this.name ?? "", session);
    this.on("close", (removed: boolean, done: () => void) => {
      withdraw();
      session.close();
      if (removed) days.delete(this.id);
      if (keeper) keeper.close(done);
      else done();
    });
  }
  registerNode<SessionNode, McpCredentials>(
    RED,
    "voice-live-session",
    VoiceLiveSessionNode,
    {
      credentials: {
        mcpAuthorization: { type: "password" },
        mcpChanges: { type: "password" },
      },
      refuse(node, fault) {
        node.refusal = { fault, tabs: new Set() };
        // For the log; the flow nodes tell Catch.
        node.error(fault);
      },
    },
  );
  serveSessionTalk(RED);
  serveTrial(RED, "voice-live-session", "try", async (_id, body, signal) => {
    refuseVariables(body);
    const options = {
      access: accessOf(RED, body["resource"]),
      target: targetOf(body),
      settings: configured(body["settings"], "the session's settings"),
      greeting: greetingOf(body["greeting"]),
    };
    return trySession(options, signal);
  });
}

/** Ids of calls, short ones: enough for whatever comes late, also with many callers. */
const MAX_ASKED = 1_000;

interface KeptDay {
  readonly day: DayUsage;
  /** What an earlier process has stored of the day is in it. */
  hasRead: boolean;
}

type ClosableSession = VoiceSession & {
  close(): void;
  /** A fault of the session as a whole. */
  report(fault: VoiceLiveError): void;
  /** The day's usage has changed from outside. */
  enforceLimits(): void;
};

function createSession(
  RED: NodeAPI,
  node: Node<McpCredentials>,
  config: SessionConfig,
  day: DayUsage,
): ClosableSession {
  // Whoever answers is checked, and named in its own words, with each handshake.
  const { model: _model, profile: _profile, agent: _agent, ...rest } = config;
  refuseUnsetVariables(rest, "");
  const hub = new ConversationHub({ ...hubOptions(RED, node, config), day });
  const isKeyed =
    oneOf(config, "conversations", ["one", "keyed"], "one") === "keyed";
  const connect = oneOf(
    config,
    "connect",
    ["deploy", "input", "command"],
    "deploy",
  );
  const carry = texts(config.carry, ["_session"]);
  const keyProperty = text(config.key) || "_session.id";
  const members = new Members(RED, node, hub);
  const carried = new WeakMap<
    Conversation,
    readonly (readonly [string, unknown])[]
  >();

  /** Which conversation has asked for what, by the id of its call. */
  const asked = new BoundedMap<string, string>(MAX_ASKED);

  const keyOf = (msg: FlowMessage): string =>
    isKeyed ? readKey(RED, msg, keyProperty) : DEFAULT_KEY;
  /** Input may begin a conversation; one that began with the flow comes back after it was ended, but not after a disconnect. */
  const isDue = (key: string, isSound: boolean): boolean => {
    const hasRested = hub.admitInput(key, isSound);
    return connect === "input" || isKeyed || hasRested || !hub.get(key);
  };
  const onStarted = (): void => {
    if (connect !== "deploy" || isKeyed) return;
    try {
      hub.open(DEFAULT_KEY).connect();
    } catch (thrown) {
      members.report(toVoiceLiveError(thrown), {});
    }
  };
  RED.events.on("flows:started", onStarted);
  hub.on("status", () => members.refresh());
  hub.on("call", ({ key }, { callId }) => asked.set(callId, key));
  hub.on("life", ({ key }, { kind, callId, approvalRequestId }) => {
    const id = approvalRequestId ?? callId;
    if (kind === "approval" && id !== undefined) asked.set(id, key);
  });
  hub.on("fault", (conversation, fault) =>
    members.report(fault, { voice: voiceOf(conversation) }),
  );
  hub.on("callFault", (conversation, fault, call) => {
    const { callId, itemId, responseId, name } = call;
    members.report(
      fault,
      {
        topic: name,
        voice: voiceOf(conversation, { callId, itemId, responseId }),
      },
      name,
    );
  });

  return {
    hub,
    servesOne: !isKeyed,
    conversationOf(msg, isSound = false) {
      const key = keyOf(msg);
      const isWanted = connect !== "command" && isDue(key, isSound);
      const conversation = hub.open(key);
      if (isWanted && conversation.state.name === "idle")
        conversation.connect();
      return conversation;
    },
    existing: (msg) => hub.get(keyOf(msg)),
    hasEnded: (id) => {
      const key = asked.get(id);
      return key !== undefined && !hub.get(key);
    },
    isResting: (msg) => hub.isResting(keyOf(msg)),
    allowAgain: (msg) => hub.allowAgain(keyOf(msg)),
    prepare: (msg) => hub.open(keyOf(msg)),
    end(msg) {
      const key = keyOf(msg);
      if (isKeyed) hub.end(key, "disconnected", true);
      else hub.get(key)?.disconnect();
    },
    remember(conversation, msg) {
      carried.set(
        conversation,
        carry
          .map(
            (property) => [property, readProperty(RED, msg, property)] as const,
          )
          .filter(([, value]) => value !== undefined),
      );
    },
    message(conversation, fields, voice) {
      const msg = {
        ...fields,
        voice: voiceOf(conversation, voice),
      } as FlowMessage & { voice: ReturnType<typeof voiceOf> };
      for (const [property, value] of carried.get(conversation) ?? [])
        RED.util.setMessageProperty(msg, property, value, true);
      return msg;
    },
    join: (member) => members.add(member),
    showFault: (member, fault) => members.showFault(member, fault),
    showLook: (member, look) => members.showLook(member, look),
    leave: (member) => members.remove(member),
    report: (fault) => members.report(fault, {}),
    enforceLimits() {
      hub.enforceLimits();
      members.refresh();
    },
    close() {
      RED.events.removeListener("flows:started", onStarted);
      members.close();
      hub.close();
    },
  };
}

function hubOptions(
  RED: NodeAPI,
  node: Node<McpCredentials>,
  config: SessionConfig,
): ConstructorParameters<typeof ConversationHub>[0] {
  const access = accessOf(RED, config.resource);
  const idleMinutes = sessionNumber(config, "idleMinutes");
  return {
    access,
    target: targetOf(config),
    settings: withTypes(configured(config.settings, "the session's settings")),
    mcpAuthorizations: readAuthorizations(
      RED,
      node,
      texts(config.authorizedServers, []),
    ),
    greeting: greetingOf(config.greeting),
    echo: oneOf(config, "echo", ECHO_MODES, "none"),
    echoTailMs: sessionNumber(config, "echoTailMs"),
    silenceMs: sessionNumber(config, "silenceSeconds") * 1_000,
    maxConversations: sessionNumber(config, "maxConversations"),
    costLimits: {
      maxMinutes: sessionNumber(config, "maxMinutes"),
      maxTokens: sessionNumber(config, "maxTokens"),
      dayMinutes: sessionNumber(config, "dayMinutes"),
      dayTokens: sessionNumber(config, "dayTokens"),
    },
    renewal: renewalOf(config),
    historyBounds: {
      maxItems: sessionNumber(config, "historyItems"),
      maxCharacters: sessionNumber(config, "historyCharacters"),
    },
    historyStore:
      text(config.historyStore) === ""
        ? undefined
        : contextHistory(RED, node, text(config.historyStore)),
    callLimits: {
      callsPerMinute: sessionNumber(config, "callsPerMinute"),
      callSteps: sessionNumber(config, "callSteps"),
    },
    // A single conversation belongs to the flow, not to a device that may have gone away.
    idleMs:
      oneOf(config, "conversations", ["one", "keyed"], "one") === "keyed"
        ? idleMinutes * 60_000
        : 0,
  };
}

function accessOf(RED: NodeAPI, resource: unknown): ServiceAccess {
  const { access, refusal } = (RED.nodes.getNode(text(resource)) ??
    {}) as Partial<ResourceNode>;
  if (access) return access;
  throw (
    refusal ??
    new VoiceLiveError(
      "VOICE_LIVE_CONFIGURATION",
      missingConfig(RED, resource, "The session", "resource"),
      { nextStep: "Choose or add one in the session node, then deploy." },
    )
  );
}

function sessionNumber(config: SessionConfig, name: SessionNumber): number {
  const { value, ...bounds } = SESSION_NUMBERS[name];
  return number(config, name, value, bounds);
}

/** Where the history survives a restart, the day's usage does too. */
function keeperOf(
  node: Node,
  config: SessionConfig,
  session: ClosableSession,
  kept: KeptDay,
): DayKeeper | undefined {
  const store = text(config.historyStore);
  if (store === "") return undefined;
  return new DayKeeper({
    day: kept.day,
    context: node.context(),
    store,
    isFresh: !kept.hasRead,
    onRestored: () => {
      kept.hasRead = true;
      session.enforceLimits();
    },
    onFault: (fault) => session.report(fault),
  });
}

function renewalOf(config: SessionConfig): RenewalPolicy {
  const sessionMs = sessionNumber(config, "sessionMinutes") * 60_000;
  const marginMs = sessionNumber(config, "renewMarginSeconds") * 1_000;
  if (marginMs < sessionMs) return { sessionMs, marginMs };
  throw new VoiceLiveError(
    "VOICE_LIVE_CONFIGURATION",
    `The session is renewed ${marginMs / 1_000} s before its end, but lasts only ${sessionMs / 1_000} s`,
    {
      nextStep: "Choose a smaller margin in the session node, then deploy.",
    },
  );
}

function configured(value: unknown, what: string): Record<string, unknown> {
  try {
    return object(value, what);
  } catch (cause) {
    throw new VoiceLiveError(
      "VOICE_LIVE_CONFIGURATION",
      cause instanceof Error ? cause.message : String(cause),
      { nextStep: "Correct it in the session node, then deploy.", cause },
    );
  }
}

function targetOf(
  config: Pick<SessionConfig, "target" | "model" | "profile" | "agent">,
): SessionTarget {
  if (oneOf(config, "target", ["model", "agent"], "model") === "model") {
    const profile = text(config.profile);
    return {
      target: "model",
      model: text(config.model),
      ...(profile && { profile }),
    };
  }
  const agent = configured(config.agent, "the session's agent");
  const { name, project, version, conversationId, clientId } = agent;
  return {
    target: "agent",
    agent: {
      name: text(name),
      project: text(project),
      version: text(version),
      conversationId: text(conversationId),
      clientId: text(clientId),
      foundryResource: text(agent["foundryResource"]),
    },
  };
}

function greetingOf(greeting: unknown): Greeting {
  const { mode: given, text: words } = isRecord(greeting) ? greeting : {};
  const mode = oneOf(
    { "greeting.mode": given },
    "greeting.mode",
    ["none", "generated", "exact"],
    "none",
  );
  return mode === "none" ? { mode } : { mode, text: text(words) };
}

/** `msg.voice.conversation` first: what we emitted finds its way back by itself (design.md §4.2). */
function readKey(RED: NodeAPI, msg: FlowMessage, property: string): string {
  const given =
    readVoice(msg)["conversation"] ?? readProperty(RED, msg, property);
  const key = typeof given === "number" ? String(given) : given;
  if (typeof key !== "string" || key === "" || key.length > MAX_KEY_LENGTH) {
    throw new VoiceLiveError(
      "VOICE_LIVE_KEY",
      `The message names no conversation: msg.${property} is ${describeKey(given)}`,
      {
        nextStep: `Put a text of up to ${MAX_KEY_LENGTH} characters there, set another conversation key in the session node, or let it serve one conversation.`,
      },
    );
  }
  return key;
}

function describeKey(value: unknown): string {
  if (value === undefined) return "missing";
  if (typeof value === "string") return value === "" ? "empty" : "too long";
  return `of type ${typeof value}`;
}
