/*
 * Flow files outlive releases. Each node of ours carries the version that its properties were saved in; what an earlier one says in
 * another way, or leaves out, is put into today's words here, by the runtime at each start and by the dialogs when they open.
 * Pure, because both use it.
 */

export type Properties = Readonly<Record<string, unknown>>;
type Step = (properties: Properties) => Properties;

/** What a flow file of an earlier version leaves out, and what that meant. */
function added(meant: Properties): Step {
  return (properties) => ({ ...meant, ...withoutGaps(properties) });
}

/** Numbers that the dialog of an earlier version saved as it found them in its input: as text. */
function numbers(...names: readonly string[]): Step {
  return (properties) => ({
    ...properties,
    ...Object.fromEntries(
      names
        .filter((name) => isNumeral(properties[name]))
        .map((name) => [name, Number(properties[name])]),
    ),
  });
}

const UNCHANGED: Step = (properties) => properties;

/** By node type: how each version becomes the next, the first of them version 0, which flow files do not mention. */
const STEPS: Readonly<Record<string, readonly Step[]>> = {
  "voice-live-audio-in": [added({ mix: "mean" })],
  "voice-live-audio-out": [added({ channels: 1 })],
  "voice-live-control": [UNCHANGED],
  "voice-live-convert": [UNCHANGED],
  "voice-live-event": [UNCHANGED],
  "voice-live-function": [
    (properties) =>
      added({ confirm: false, sayText: "", sayAfterMs: 1500, late: "report" })(
        numbers("timeoutMs")(properties),
      ),
  ],
  "voice-live-function-result": [UNCHANGED],
  "voice-live-interrupt": [UNCHANGED],
  "voice-live-message": [UNCHANGED],
  "voice-live-microphone": [UNCHANGED],
  "voice-live-played": [UNCHANGED],
  "voice-live-record": [UNCHANGED],
  "voice-live-resource": [
    added({ tls: "", proxy: "", organization: "", project: "" }),
  ],
  "voice-live-session": [
    added({
      profile: "",
      authorizedServers: [],
      echo: "none",
      echoTailMs: 350,
      silenceSeconds: 0,
      sessionMinutes: 50,
      renewMarginSeconds: 120,
      historyItems: 50,
      historyCharacters: 16_000,
      historyStore: "",
      maxMinutes: 0,
      maxTokens: 0,
      dayMinutes: 0,
      dayTokens: 0,
      callsPerMinute: 60,
      callSteps: 10,
    }),
  ],
  "voice-live-speaker": [UNCHANGED],
  "voice-live-talk": [UNCHANGED],
  "voice-live-transcript": [UNCHANGED],
};

/**
 * @param type - a node type of ours
 * @returns the version in which its properties are saved now
 */
export function currentVersion(type: string): number {
  return stepsOf(type).length;
}

/**
 * Properties as they are saved now. Those of a newer version than this one are left alone, and so is what is no version.
 * @param type - a node type of ours
 */
export function migrate(type: string, properties: Properties): Properties {
  const { version = 0 } = properties;
  const steps = stepsOf(type);
  if (!isVersion(version) || version >= steps.length) return properties;
  const migrated = steps
    .slice(version)
    .reduce((current, step) => step(current), properties);
  return { ...migrated, version: steps.length };
}

export function isVersion(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function stepsOf(type: string): readonly Step[] {
  const steps = STEPS[type];
  if (!steps)
    throw new TypeError(`Expected a node type with versions, got ${type}`);
  return steps;
}

/** The editor has a member for each property, also for one that the flow file leaves out. */
function withoutGaps(properties: Properties): Properties {
  return Object.fromEntries(
    Object.entries(properties).filter(([, value]) => value !== undefined),
  );
}

function isNumeral(value: unknown): boolean {
  return (
    typeof value === "string" &&
    value.trim() !== "" &&
    Number.isFinite(Number(value))
  );
}
