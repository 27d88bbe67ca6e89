/** What conversations may cost; 0 is no limit. Minutes count while the session is ready. */
export interface CostLimits {
  /** Minutes of one conversation. */
  readonly maxMinutes: number;
  /** Tokens of one conversation. */
  readonly maxTokens: number;
  /** Minutes of all conversations together, per calendar day. */
  readonly dayMinutes: number;
  /** Tokens of all conversations together, per calendar day. */
  readonly dayTokens: number;
}

export const NO_COST_LIMITS: CostLimits = {
  maxMinutes: 0,
  maxTokens: 0,
  dayMinutes: 0,
  dayTokens: 0,
};

/** What was used so far. */
export interface Spent {
  readonly connectedMs: number;
  readonly tokens: number;
}

/** A limit that was reached, by the name of its setting. */
export interface ReachedLimit {
  readonly limit: keyof CostLimits;
  readonly value: number;
}

export function reachedByConversation(
  { maxMinutes, maxTokens }: CostLimits,
  spent: Spent,
): ReachedLimit | undefined {
  if (isReached(maxMinutes, spent.connectedMs / 60_000))
    return { limit: "maxMinutes", value: maxMinutes };
  if (isReached(maxTokens, spent.tokens))
    return { limit: "maxTokens", value: maxTokens };
  return undefined;
}

export function reachedByDay(
  { dayMinutes, dayTokens }: CostLimits,
  spent: Spent,
): ReachedLimit | undefined {
  if (isReached(dayMinutes, spent.connectedMs / 60_000))
    return { limit: "dayMinutes", value: dayMinutes };
  if (isReached(dayTokens, spent.tokens))
    return { limit: "dayTokens", value: dayTokens };
  return undefined;
}

/** Such as «the limit of 30 minutes a day is reached». */
export function describeReached({ limit, value }: ReachedLimit): string {
  const unit = limit.endsWith("Minutes") ? "minutes" : "tokens";
  const span = limit.startsWith("day") ? "a day" : "a conversation";
  return `The limit of ${value} ${unit} ${span} is reached`;
}

/** What to do about it. */
export function afterReached({ limit }: ReachedLimit): string {
  return limit.startsWith("day")
    ? "Connect again after midnight, or raise the limit in the session node."
    : "Begin another conversation, or raise the limit in the session node.";
}

function isReached(limit: number, spent: number): boolean {
  return limit > 0 && spent >= limit;
}
