import assert from "node:assert/strict";
import type { VoiceLiveError } from "../../lib/client/errors";
import { Memory, type HistoryStore } from "../../lib/client/memory";
import type { StoredHistory } from "../../lib/client/stored-history";
import { stopClock, type StoppedClock } from "./clock";
import { nextTurn } from "./loopback";

const BOUNDS = { maxItems: 50, maxCharacters: 16_000 };
const STORED: StoredHistory = {
  version: 1,
  items: [{ role: "user", text: "My secret." }],
};
const OTHER: StoredHistory = {
  version: 1,
  items: [{ role: "assistant", text: "Hello." }],
};

/** A store whose answer comes when the test says so. */
class LateStore implements HistoryStore {
  readonly saved: StoredHistory[] = [];
  removed = 0;
  answer: (stored: unknown) => void = () => undefined;
  refuse: (error: Error) => void = () => undefined;

  load(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.answer = resolve;
      this.refuse = reject;
    });
  }

  save(_key: string, stored: StoredHistory): Promise<void> {
    this.saved.push(stored);
    return Promise.resolve();
  }

  remove(): Promise<void> {
    this.removed++;
    return Promise.resolve();
  }
}

describe("Memory", () => {
  let clock: StoppedClock;
  let store: LateStore;
  let memory: Memory;
  let faults: VoiceLiveError[];

  beforeEach(() => {
    clock = stopClock();
    store = new LateStore();
    faults = [];
    memory = new Memory({
      key: "kitchen",
      bounds: BOUNDS,
      store,
      onFault: (fault) => faults.push(fault),
    });
  });
  afterEach(() => {
    memory.close(false);
    clock.uninstall();
  });

  async function settle(): Promise<void> {
    await nextTurn();
    clock.tick(1_000);
    await nextTurn();
  }

  it("has what was stored, and does not store it again", async () => {
    store.answer(STORED);
    await memory.ready();
    await settle();
    assert.deepEqual(memory.export(), STORED);
    assert.deepEqual(store.saved, []);
  });

  it("stays cleared when what was stored comes after that", async () => {
    memory.clear();
    store.answer(STORED);
    await memory.ready();
    await settle();
    assert.deepEqual(memory.export().items, []);
    assert.deepEqual(store.saved.at(-1)?.items, []);
  });

  it("keeps an import when what was stored comes after that", async () => {
    memory.import(OTHER);
    store.answer(STORED);
    await memory.ready();
    await settle();
    assert.deepEqual(memory.export(), OTHER);
    assert.deepEqual(store.saved.at(-1), OTHER);
  });

  it("loads what was stored although a bad import was refused before", async () => {
    assert.throws(() => memory.import({ version: 2 }));
    store.answer(STORED);
    await memory.ready();
    assert.deepEqual(memory.export(), STORED);
  });

  it("writes once for changes that come together", async () => {
    store.answer(undefined);
    await memory.ready();
    memory.import(OTHER);
    memory.clear();
    memory.import(STORED);
    await settle();
    assert.deepEqual(store.saved, [STORED]);
  });

  it("writes what is unsaved when it closes, and removes what is to be forgotten", async () => {
    store.answer(undefined);
    await memory.ready();
    memory.import(STORED);
    memory.close(false);
    assert.deepEqual(store.saved, [STORED]);
    const other = new LateStore();
    const forgotten = new Memory({
      key: "hall",
      bounds: BOUNDS,
      store: other,
      onFault: () => undefined,
    });
    forgotten.import(STORED);
    forgotten.close(true);
    assert.deepEqual(other.saved, []);
    assert.equal(other.removed, 1);
  });

  for (const { title, happens } of [
    {
      title: "a store that fails",
      happens: () => store.refuse(new Error("no route to the store")),
    },
    { title: "a store that does not answer", happens: () => clock.tick(3_000) },
    { title: "a store that holds nonsense", happens: () => store.answer(7) },
  ])
    it(`tells of ${title}, and the conversation goes on without`, async () => {
      happens();
      await memory.ready();
      assert.deepEqual(
        faults.map(({ code }) => code),
        ["VOICE_LIVE_HISTORY"],
      );
      assert.deepEqual(memory.export().items, []);
    });
});
