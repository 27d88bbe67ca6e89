import assert from "node:assert/strict";
import type { LifeEvent } from "../../lib/client/conversation-events";
import { DayUsage } from "../../lib/client/day-usage";
import { startSimulator, type Behaviour, type Step } from "../../lib/simulator";
import { seeded, type Random } from "../support/random";
import { connectOn, hubOn } from "../support/room-hub";
import { until } from "./loopback";

const RESPONSES = 500;
const CONVERSATIONS = 2;

type Figures = Readonly<Record<string, unknown>>;

describe("usage of many responses", () => {
  for (const seed of [20_260_715, 7]) {
    it(`adds up to the service's own ledger, with 20 % cancelled and 5 % without figures, seed ${seed}`, async function () {
      this.timeout(120_000);
      await seeded(seed, talk);
    });
  }
});

async function talk(random: Random): Promise<void> {
  const plan = { isCancelled: false, isSilent: false };
  const answer: Behaviour = () => {
    const steps: Step[] = [{ say: "word ".repeat(random.between(1, 20)) }];
    if (plan.isSilent) steps.unshift({ usage: null });
    if (plan.isCancelled) steps.push({ stall: 600_000 });
    return steps;
  };
  const simulator = await startSimulator({
    speed: Infinity,
    behaviours: [answer],
  });
  const life: LifeEvent[] = [];
  const day = new DayUsage(Date.now());
  const hub = hubOn(simulator, { settings: { modalities: ["text"] }, day });
  const raw: string[] = [];
  hub.on("life", (_conversation, event) => life.push(event));
  hub.on("raw", (_conversation, { type }) => raw.push(type));
  const payloads = (kind: LifeEvent["kind"]): readonly Figures[] =>
    life.filter((event) => event.kind === kind).map(({ payload }) => payload);
  const ledgers: { responses: number; totalTokens: number }[] = [];
  try {
    for (let nth = 0; nth < CONVERSATIONS; nth++) {
      const service = await connectOn(simulator, hub);
      const conversation = hub.open("caller");
      for (let turn = 0; turn < RESPONSES / CONVERSATIONS; turn++) {
        plan.isCancelled = random.chance(0.2);
        plan.isSilent = random.chance(0.05);
        const done = payloads("turn").length + 1;
        raw.length = 0;
        conversation.respond();
        if (plan.isCancelled) {
          await until(() => raw.includes("response.text.delta"));
          conversation.interrupt();
        }
        await until(() => payloads("turn").length === done);
      }
      ledgers.push(service.usage);
      const last = payloads("usage").at(-1);
      assert.equal(last?.["conversation_tokens"], service.usage.totalTokens);
      assert.equal(last?.["day_tokens"], sumOf(ledgers, "totalTokens"));
      hub.end("caller");
    }
    const usages = payloads("usage");
    const turns = payloads("turn");
    assert.equal(turns.length, RESPONSES);
    assert.equal(usages.length, sumOf(ledgers, "responses"));
    assert.equal(sumOf(usages, "total_tokens"), sumOf(ledgers, "totalTokens"));
    assert.equal(day.at(Date.now()).tokens, sumOf(ledgers, "totalTokens"));
    const tokens = turns.map((turn) => turn["tokens"] as Figures);
    assert.equal(sumOf(tokens, "total"), sumOf(ledgers, "totalTokens"));
    assert.equal(
      sumOf(tokens, "text_in") + sumOf(tokens, "text_out"),
      sumOf(ledgers, "totalTokens"),
    );
    const cancelled = turns.filter(({ status }) => status === "cancelled");
    assert.ok(cancelled.length > 60 && cancelled.length < 140);
    assert.ok(usages.length < RESPONSES && usages.length > RESPONSES * 0.9);
  } finally {
    hub.close();
    await simulator.close();
  }
}

function sumOf(records: readonly object[], name: string): number {
  return records.reduce<number>((sum, record) => {
    const value = (record as Figures)[name];
    return sum + (typeof value === "number" ? value : 0);
  }, 0);
}
