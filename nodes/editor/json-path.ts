/** A partial session object in the wire's own names. */
export type Settings = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is Settings {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at a dotted path, `undefined` when any step is missing. */
export function valueAt(settings: Settings, path: string): unknown {
  let value: unknown = settings;
  for (const step of path.split("."))
    value = isRecord(value) ? value[step] : undefined;
  return value;
}

/** A copy with the value at a dotted path set, or removed when it is `undefined`. Missing parents are made. */
export function withValueAt(
  settings: Settings,
  path: string,
  value: unknown,
): Settings {
  const [step = "", ...rest] = path.split(".");
  const isNowhere = rest.length > 0 && !isRecord(settings[step]);
  if (value === undefined && isNowhere) return settings;
  const inner =
    rest.length > 0
      ? withValueAt(childOf(settings, step), rest.join("."), value)
      : value;
  if (inner === undefined || isLeftEmpty(inner, rest))
    return removeMembers(settings, [step]);
  return { ...settings, [step]: inner };
}

export function removeMembers(
  settings: Settings,
  names: readonly string[],
): Settings {
  return Object.fromEntries(
    Object.entries(settings).filter(([name]) => !names.includes(name)),
  );
}

function childOf(settings: Settings, step: string): Settings {
  const child = settings[step];
  return isRecord(child) ? child : {};
}

/** A parent whose last member went is no setting any more. */
function isLeftEmpty(inner: unknown, rest: readonly string[]): boolean {
  return rest.length > 0 && isRecord(inner) && Object.keys(inner).length === 0;
}
