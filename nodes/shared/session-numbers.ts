/** What a property of the session node may be; `value` where it is left out. */
export interface NumberProperty {
  readonly value: number;
  readonly min: number;
  readonly max: number;
}

const UNLIMITED = { value: 0, min: 0, max: Number.MAX_SAFE_INTEGER };

/** Properties of the session node that are numbers, for its dialog and its runtime alike. */
export const SESSION_NUMBERS = {
  echoTailMs: { value: 350, min: 0, max: 5_000 },
  silenceSeconds: { value: 0, min: 0, max: 86_400 },
  idleMinutes: { value: 10, min: 0, max: 1_440 },
  maxConversations: { value: 100, min: 1, max: 10_000 },
  sessionMinutes: { value: 50, min: 1, max: 60 },
  renewMarginSeconds: { value: 120, min: 10, max: 3_590 },
  historyItems: { value: 50, min: 0, max: 1_000 },
  historyCharacters: { value: 16_000, min: 0, max: 1_000_000 },
  maxMinutes: UNLIMITED,
  maxTokens: UNLIMITED,
  dayMinutes: UNLIMITED,
  dayTokens: UNLIMITED,
  callsPerMinute: { value: 60, min: 1, max: 10_000 },
  callSteps: { value: 10, min: 1, max: 1_000 },
} satisfies Readonly<Record<string, NumberProperty>>;

export type SessionNumber = keyof typeof SESSION_NUMBERS;

export const SESSION_NUMBER_NAMES = Object.keys(
  SESSION_NUMBERS,
) as readonly SessionNumber[];
