import {
  dialectFor,
  fitSession,
  isOpenAI,
  type Dialect,
  type Missing,
  type RequestSession,
  type ResponseSession,
} from "../protocol";
import type { ConversationPolicy } from "./conversation-policy";
import { echoSettings } from "./echo";
import { learnSecretsIn } from "./redact";
import { composeSettings } from "./session-settings";

type SettingsPolicy = Pick<
  ConversationPolicy,
  | "access"
  | "target"
  | "settings"
  | "mcpAuthorizations"
  | "echo"
  | "tools"
  | "nativeFormats"
>;

/** Not a setting of the session, but part of its address. */
const PROFILE: Missing = {
  setting: "profile",
  reason: "Azure Voice Live only",
};

/** The settings of one conversation: the node's, what messages changed, and the flow's tools. */
export class LiveSettings {
  readonly #policy: SettingsPolicy;
  /** What the present session really has. */
  readonly #applied: () => ResponseSession | undefined;
  /** Formats are chosen once: audio may be under way. */
  readonly #nativeFormats: RequestSession;
  readonly #dialect: Dialect;
  #overrides: RequestSession = {};
  /** Tools the service was last told of, as JSON. */
  #toldTools = "[]";

  constructor(
    policy: SettingsPolicy,
    applied: () => ResponseSession | undefined,
  ) {
    this.#policy = policy;
    this.#applied = applied;
    this.#nativeFormats = policy.nativeFormats();
    const { service, apiVersion } = policy.access;
    this.#dialect = dialectFor(service, apiVersion);
  }

  /** What is asked for, as far as the service has it. */
  get asked(): RequestSession {
    return fitSession(this.wanted, this.#dialect).fitted;
  }

  /** What is asked for, whether the service has it or not. */
  get wanted(): RequestSession {
    return { ...this.#nativeFormats, ...this.#chosen };
  }

  /** What is wanted and the service does not have. Formats that we chose ourselves are no loss. */
  get missing(): readonly Missing[] {
    const { target } = this.#policy;
    const hasProfile = target.target === "model" && Boolean(target.profile);
    return [
      ...fitSession(this.#chosen, this.#dialect).missing,
      ...(hasProfile && isOpenAI(this.#dialect) ? [PROFILE] : []),
    ];
  }

  get #chosen(): RequestSession {
    return this.#compose({
      ...echoSettings(this.#policy.echo ?? "none"),
      ...this.#policy.settings,
      ...this.#overrides,
    });
  }

  /** What counts: the service's word where there is one, else what will be asked for. */
  get effective(): RequestSession {
    return (this.#applied() as RequestSession | undefined) ?? this.asked;
  }

  /**
   * A session has begun.
   * @param asked - what it was told
   * @returns what it has to be told besides, because it changed meanwhile
   */
  sessionBegan(asked: RequestSession): RequestSession | undefined {
    const settings = this.asked;
    this.#toldTools = JSON.stringify(settings.tools ?? []);
    return JSON.stringify(settings) === JSON.stringify(asked)
      ? undefined
      : settings;
  }

  /**
   * Keeps a change for this session and the next ones.
   * @returns what the present session is to be told
   */
  change(settings: RequestSession): RequestSession {
    this.#overrides = { ...this.#overrides, ...settings };
    if (!settings.tools) return settings;
    const change = this.#compose(settings);
    this.#toldTools = JSON.stringify(change.tools);
    return change;
  }

  /** @returns the change to tell, or undefined when the tools are what the service knows */
  toolsToTell(): RequestSession | undefined {
    const { tools = [] } = this.asked;
    const told = JSON.stringify(tools);
    if (told === this.#toldTools) return undefined;
    this.#toldTools = told;
    return { tools };
  }

  #compose(settings: RequestSession): RequestSession {
    const { tools, mcpAuthorizations } = this.#policy;
    const composed = composeSettings(
      settings,
      tools.definitions(),
      mcpAuthorizations,
    );
    // The service's errors may quote what it was told.
    learnSecretsIn(composed);
    return composed;
  }
}
