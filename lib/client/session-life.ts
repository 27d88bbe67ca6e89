import type {
  RequestItem,
  RequestSession,
  ResponseCreateParams,
  ResponseSession,
} from "../protocol";
import type { Assistant } from "./assistant";
import type { ConversationPolicy } from "./conversation-policy";
import { exactSpeech } from "./exact-speech";
import type { LiveSettings } from "./live-settings";
import type { McpCalls } from "./mcp-calls";
import type { Memory } from "./memory";
import type { Reporter } from "./reporter";
import type { ServiceEvents } from "./service-events";
import type { ServiceSession } from "./service-session";
import type { SessionTarget } from "./session-target";
import {
  lackedSettings,
  settingDifferences,
  shownSettings,
  type SettingDifference,
} from "./setting-differences";
import type { SideEvents } from "./side-events";
import type { TurnMetrics } from "./turn-metrics";
import type { Turns } from "./turns";
import type { UserAudio } from "./user-audio";

export interface SessionLifeOptions {
  readonly policy: Pick<ConversationPolicy, "greeting" | "target">;
  readonly settings: LiveSettings;
  readonly memory: Memory;
  readonly metrics: TurnMetrics;
  readonly reporter: Reporter;
  readonly user: UserAudio;
  readonly assistant: Assistant;
  readonly turns: Turns;
  readonly mcp: McpCalls;
  readonly side: SideEvents;
  readonly service: ServiceEvents;
  readonly tellSettings: (settings: RequestSession) => void;
  /** Who speaks may have changed. */
  readonly onChanged: () => void;
}

/** What a conversation does when a session of the service begins, changes, is replaced or lost. */
export class SessionLife {
  readonly #options: SessionLifeOptions;
  #hasGreeted = false;
  #hasWarnedOfGaps = false;
  /** The session ended before it had answered the user. */
  #owesAnswer = false;

  constructor(options: SessionLifeOptions) {
    this.#options = options;
  }

  /** Who answers: where an agent's conversation has begun, the next session goes on with it (protocol.md §2.2). */
  get target(): SessionTarget {
    const { policy, memory } = this.#options;
    const { target } = policy;
    const { agentConversationId: conversationId } = memory;
    if (target.target !== "agent" || conversationId === undefined)
      return target;
    return { target: "agent", agent: { ...target.agent, conversationId } };
  }

  /** What a session has to be told; an agent's conversation is remembered by the service. */
  missing(known: Set<string>): readonly RequestItem[] {
    const { policy, memory } = this.#options;
    return policy.target.target === "agent" ? [] : memory.missing(known);
  }

  /** Nothing is under way that only the present session knows of; nobody speaks. */
  get isSettled(): boolean {
    const { turns, mcp, user, memory } = this.#options;
    return (
      turns.isSettled &&
      !mcp.isWaiting &&
      !user.isTurnOpen &&
      memory.history.isSettled(performance.now())
    );
  }

  ready(begun: ServiceSession): void {
    const { settings, metrics, reporter, user, turns } = this.#options;
    const { session, ageMs, wire } = begun;
    if (!session || !wire) return;
    const { asked, missing, wanted } = settings;
    const changed = settingDifferences(asked, session);
    const difference = [
      ...lackedSettings(missing, this.#withProfile(wanted)),
      ...changed,
    ];
    metrics.connected(ageMs);
    reporter.report("ready", {
      asked: shownSettings(wanted),
      session,
      notApplied: namesOf(difference),
      difference: shownSettings(difference),
      connect_ms: Math.round(ageMs),
    });
    reporter.warnAboutSettings(namesOf(changed), missing);
    this.#adopt(begun);
    user.sessionReady(wire);
    this.#greet();
    turns.sessionReady();
    this.#askAgain();
    this.#options.onChanged();
  }

  /** Another session goes on where the one before was left; in a pause nothing was under way there. */
  renewed(begun: ServiceSession, reason: "pause" | "limit"): void {
    const { memory, reporter, user, turns, onChanged } = this.#options;
    this.#giveUpSession();
    this.#adopt(begun);
    reporter.report("renewed", {
      reason,
      session: begun.session,
      items: memory.history.size,
    });
    if (begun.wire) user.handOver(begun.wire);
    turns.sessionReady();
    this.#askAgain();
    onChanged();
  }

  updated(session: ResponseSession): void {
    const { settings, reporter, side } = this.#options;
    reporter.report("updated", { session });
    const { asked, missing } = settings;
    reporter.warnAboutSettings(
      namesOf(settingDifferences(asked, session)),
      missing,
    );
    side.session(session);
  }

  /** @param isOver - the flow wanted it so */
  lost(isOver: boolean): void {
    const { user, reporter } = this.#options;
    this.#giveUpSession();
    user.sessionLost();
    if (isOver) this.#owesAnswer = false;
    else reporter.report("closed", { reason: "lost" });
  }

  /** The profile of a model is part of the address, and may be missing like a setting. */
  #withProfile(wanted: RequestSession): Record<string, unknown> {
    const { target } = this.#options.policy;
    return target.target === "model"
      ? { ...wanted, profile: target.profile }
      : { ...wanted };
  }

  /** What changed while the session was being opened, it is told. */
  #adopt({ asked, session }: ServiceSession): void {
    const { settings, memory, side, tellSettings } = this.#options;
    if (session) side.session(session);
    const change = settings.sessionBegan(asked);
    if (change) tellSettings(change);
    // A session that names none goes on with the one that it was asked for.
    const threadId = session?.agent?.thread_id;
    if (threadId) memory.agentConversationId = threadId;
    this.#hasGreeted ||= memory.history.size > 0;
    this.#warnAboutGaps();
  }

  /** A model that hears audio itself writes nothing down unless it is asked to (protocol.md §7.5). */
  #warnAboutGaps(): void {
    const { memory, reporter } = this.#options;
    if (this.#hasWarnedOfGaps || !memory.history.hasUnwritten) return;
    this.#hasWarnedOfGaps = true;
    reporter.warn(
      "memory",
      "The new session is told only what the assistant said: the user's words are not transcribed. Choose a transcription model in the session node.",
    );
  }

  /** An answer that was under way when its session ended is asked for once more, unless some of it was heard. */
  #askAgain(): void {
    const { memory, turns } = this.#options;
    if (this.#owesAnswer && memory.history.awaitsAnswer && !turns.isBusy)
      turns.request({ itemIds: [] });
    this.#owesAnswer = false;
  }

  /** What has come is still played; everything that only this session knew is given up. */
  #giveUpSession(): void {
    const { assistant, turns, mcp, side, service } = this.#options;
    this.#owesAnswer ||= turns.isBusy && !assistant.isSpeaking;
    service.sessionLost();
    turns.sessionLost();
    mcp.sessionLost();
    side.sessionLost();
    assistant.sessionLost();
  }

  #greet(): void {
    const { greeting } = this.#options.policy;
    if (this.#hasGreeted || greeting.mode === "none") return;
    if (greeting.text.trim() === "") return;
    this.#hasGreeted = true;
    const params: ResponseCreateParams =
      greeting.mode === "exact"
        ? exactSpeech(greeting.text)
        : { instructions: greeting.text };
    this.#options.turns.request({ itemIds: [], params });
  }
}

function namesOf(differences: readonly SettingDifference[]): readonly string[] {
  return differences.map(({ setting }) => setting);
}
