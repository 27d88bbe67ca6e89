import { isEnvironmentReference } from "./validate";

/** What a tick box shows; a reference to an environment variable is neither ticked nor not, and comes back as it is. */
export function savedTick(saved: unknown): boolean | string {
  if (typeof saved === "string" && isEnvironmentReference(saved)) return saved;
  return saved === "false" ? false : Boolean(saved);
}
