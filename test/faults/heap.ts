import { queryObjects, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
/** Collects all garbage: what is left is held by somebody. */
export const collectGarbage = runInNewContext("gc") as () => void;

/** Memory that somebody holds, Buffers included. */
export function heldBytes(): number {
  collectGarbage();
  // The memory of Buffers that the first has found is given back by the second.
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** How many objects somebody holds: to the one, where bytes also tell of compiled code. */
export function heldObjects(): number {
  collectGarbage();
  return queryObjects(Object) as number; // a list only where a summary is asked for
}

export function inMb(bytes: number): string {
  return `${bytes < 0 ? "" : "+"}${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
