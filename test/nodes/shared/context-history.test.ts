import assert from "node:assert/strict";
import type { Node, NodeAPI } from "node-red";
import { contextHistory } from "../../../nodes/shared/context-history";

/** A context store that answers later, as one on another machine does. */
class SlowContext {
  readonly values = new Map<string, unknown>();
  fails = false;

  get(
    key: string,
    _store: string,
    done: (error: unknown, value?: unknown) => void,
  ): void {
    setImmediate(() => done(this.#error(), this.values.get(key)));
  }

  set(
    key: string,
    value: unknown,
    _store: string,
    done: (error?: unknown) => void,
  ): void {
    setImmediate(() => {
      if (value === undefined) this.values.delete(key);
      else this.values.set(key, value);
      done(this.#error());
    });
  }

  #error(): unknown {
    return this.fails ? new Error("no route to the store") : null;
  }
}

const HISTORY = { version: 1, items: [] } as const;

describe("contextHistory", () => {
  let context: SlowContext;

  const storeNamed = (name: string) =>
    contextHistory(
      {
        settings: { contextStorage: { default: {}, disk: {} } },
      } as unknown as NodeAPI,
      { context: () => context } as unknown as Node,
      name,
    );

  beforeEach(() => (context = new SlowContext()));

  it("gives back what was saved under a key", async () => {
    const store = storeNamed("disk");
    await store.save("kitchen", HISTORY);
    assert.deepEqual(await store.load("kitchen"), HISTORY);
    assert.equal(await store.load("hall"), undefined);
  });

  it("takes any key, also one that is no property expression", async () => {
    const store = storeNamed("disk");
    for (const key of ["a.b[0]", "__proto__", "Küche 1", ""]) {
      await store.save(key, HISTORY);
      assert.deepEqual(await store.load(key), HISTORY);
    }
    for (const name of context.values.keys())
      assert.match(name, /^voiceLiveHistor(ies|y_[0-9a-f]*)$/);
  });

  it("forgets what was removed", async () => {
    const store = storeNamed("disk");
    await store.save("kitchen", HISTORY);
    await store.remove("kitchen");
    assert.equal(await store.load("kitchen"), undefined);
  });

  it("keeps the thousand memories that were saved last", async () => {
    const store = storeNamed("disk");
    await store.save("first", HISTORY);
    await store.save("second", HISTORY);
    const saves = Array.from({ length: 999 }, (_, index) =>
      store.save(`caller ${index}`, HISTORY),
    );
    await Promise.all(saves);
    assert.equal(await store.load("first"), undefined);
    assert.deepEqual(await store.load("second"), HISTORY);
  });

  it("tells when the store fails, and serves again when it is back", async () => {
    const store = storeNamed("disk");
    context.fails = true;
    await assert.rejects(store.save("kitchen", HISTORY), /no route/);
    context.fails = false;
    await store.save("kitchen", HISTORY);
    assert.deepEqual(await store.load("kitchen"), HISTORY);
  });

  it("refuses a store that Node-RED does not have, and names those it has", () => {
    assert.throws(
      () => storeNamed("redis"),
      /no context store «redis».*default, disk/,
    );
  });
});
