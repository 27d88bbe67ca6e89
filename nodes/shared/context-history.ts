import type { Node, NodeAPI } from "node-red";
import { VoiceLiveError, type HistoryStore } from "../../lib/client";

/** Keys such as `_session.id` are new with each socket; without a bound a store would grow for ever. */
const MAX_STORED = 1_000;
const INDEX = "voiceLiveHistories";

/** The part of a node's context that is used here; the stores may be on disk or on another machine. */
interface AsyncContext {
  get(
    key: string,
    store: string,
    done: (error: unknown, value?: unknown) => void,
  ): void;
  set(
    key: string,
    value: unknown,
    store: string,
    done: (error?: unknown) => void,
  ): void;
}

/**
 * Memories of conversations in a context store of Node-RED, in the session node's own context.
 * @throws VoiceLiveError `VOICE_LIVE_CONFIGURATION` when Node-RED has no store of this name
 */
export function contextHistory(
  RED: NodeAPI,
  node: Node,
  store: string,
): HistoryStore {
  requireStore(RED, store);
  const context = node.context() as unknown as AsyncContext;
  const get = (key: string): Promise<unknown> =>
    new Promise((resolve, reject) =>
      context.get(key, store, (error, value) =>
        error ? reject(asError(error)) : resolve(value),
      ),
    );
  const set = (key: string, value: unknown): Promise<void> =>
    new Promise((resolve, reject) =>
      context.set(key, value, store, (error) =>
        error ? reject(asError(error)) : resolve(),
      ),
    );
  /** Changes of the index follow each other: two at once would lose one. */
  let last: Promise<void> = Promise.resolve();
  const inOrder = (run: () => Promise<void>): Promise<void> => {
    const result = last.then(run);
    last = result.catch(() => undefined);
    return result;
  };
  const drop = async (keys: readonly string[]): Promise<void> => {
    for (const key of keys) await set(entryName(key), undefined);
  };
  return {
    load: (key) => get(entryName(key)),
    save: (key, stored) =>
      inOrder(async () => {
        await set(entryName(key), stored);
        const others = keysOf(await get(INDEX)).filter((each) => each !== key);
        const tooMany = others.slice(0, -MAX_STORED + 1);
        await set(INDEX, [...others.slice(tooMany.length), key]);
        await drop(tooMany);
      }),
    remove: (key) =>
      inOrder(async () => {
        await drop([key]);
        const keys = keysOf(await get(INDEX));
        await set(
          INDEX,
          keys.filter((each) => each !== key),
        );
      }),
  };
}

/** A context key is a property expression: a device's own name for itself may not be one. */
function entryName(key: string): string {
  return `voiceLiveHistory_${Buffer.from(key, "utf8").toString("hex")}`;
}

function keysOf(index: unknown): readonly string[] {
  return Array.isArray(index)
    ? index.filter((key): key is string => typeof key === "string")
    : [];
}

function requireStore(RED: NodeAPI, store: string): void {
  const { contextStorage } = RED.settings as {
    contextStorage?: Readonly<Record<string, unknown>>;
  };
  const names = Object.keys(contextStorage ?? {});
  if (names.includes(store) || store === "default" || store === "memory")
    return;
  throw new VoiceLiveError(
    "VOICE_LIVE_CONFIGURATION",
    `Node-RED has no context store «${store}»`,
    {
      nextStep: `Choose another in the session node${names.length > 0 ? ` (${names.join(", ")})` : ""}, or add it to contextStorage in settings.js.`,
    },
  );
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
