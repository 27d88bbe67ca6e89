import { isEnvironmentReference } from "./validate";

/** Parts apart by slashes, as the runtime takes them; nothing is the default. */
export function isTalkPath(value: unknown): boolean {
  if (isEnvironmentReference(value)) return true;
  const path = textOf(value).replace(/^\/+|\/+$/g, "");
  return (
    path === "" ||
    path
      .split("/")
      .every((part) => /^[A-Za-z0-9_~-][A-Za-z0-9._~-]*$/.test(part))
  );
}

/** None, or scheme and host of each, apart by spaces, commas or lines. */
export function isTalkOrigin(value: unknown): boolean {
  if (isEnvironmentReference(value)) return true;
  const origins = textOf(value)
    .split(/[\s,]+/)
    .filter((entry) => entry !== "");
  return origins.every(isOrigin);
}

/** Flows of other hands may leave it out. */
function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function isOrigin(text: string): boolean {
  try {
    return (
      /^https?:/.test(text) && new URL(text).origin === text.replace(/\/$/, "")
    );
  } catch {
    return false;
  }
}
