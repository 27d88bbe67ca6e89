import assert from "node:assert/strict";
import { withProperties, type FlowNode } from "../../scripts/flow-file";
import type { SentMessage } from "../../scripts/sent-messages";
import { startNodeRed, type NodeRed } from "../support/node-red";
import { flowsOf, PAGES } from "./pages";

const flows = PAGES.flatMap(flowsOf);

describe("flows in the docs, in Node-RED", function () {
  this.timeout(60_000);

  let nodeRed: NodeRed;
  before(async () => {
    nodeRed = await startNodeRed({ flows: withSmallLimit(flows.flat()) });
  });
  after(() => nodeRed.stop());
  afterEach(() => assert.deepEqual(problems(nodeRed), []));

  function sent(
    id: string,
    matches: (msg: SentMessage["msg"]) => boolean,
    from = 0,
  ): Promise<SentMessage> {
    return nodeRed.waitForSent(
      `a message of ${id}`,
      (each) => each.id === id && matches(each.msg),
      from,
    );
  }

  const said = (id: string, text: string, from = 0): Promise<SentMessage> =>
    sent(id, ({ payload }) => payload === text, from);

  for (const flow of flows)
    for (const { id, connect } of flow.filter(isSession))
      it(`come up without an error: ${id}`, async () => {
        const [tab] = flow.filter(({ type }) => type === "tab");
        const used = flow.find(
          ({ session, z }) => session === id && z === tab?.id,
        );
        const waits = connect === "input" ? /^idle$/ : /^ready$/;
        await nodeRed.waitForStatus(String(used?.id), waits);
      });

  it("Memory: forgets what was said, and takes an export back", async () => {
    await nodeRed.inject("memory-say");
    await sent("memory-transcript", ({ topic }) => topic === "assistant");
    const texts = async (): Promise<string[]> => {
      const from = nodeRed.sent.length;
      await nodeRed.inject("memory-export");
      const { msg } = await sent("memory-keep", () => true, from);
      return (msg["payload"] as Exported).items.map(({ text }) => text);
    };
    const before = await texts();
    assert.equal(before[0], "My name is Ada.");
    await nodeRed.inject("memory-import");
    assert.deepEqual(await texts(), before);
    await nodeRed.inject("memory-forget");
    assert.deepEqual(await texts(), []);
  });

  it("Limits: closes the conversation when its tokens are spent", async () => {
    await nodeRed.inject("limits-say");
    await sent("limits-kinds", ({ topic }) => topic === "usage");
    await sent(
      "limits-kinds",
      ({ topic, payload }) =>
        topic === "warning" && (payload as Coded).code === "limit",
    );
    await sent(
      "limits-kinds",
      ({ topic, payload }) =>
        topic === "closed" && (payload as Closed).reason === "limit",
    );
  });

  it("Approval: runs a call that is allowed, and none that is refused", async () => {
    for (const [answer, reply] of [
      ["approval-refuse", "Sorry, that did not work."],
      ["approval-allow", "The kitchen light is on."],
    ] as const) {
      const from = nodeRed.sent.length;
      await nodeRed.inject("approval-say");
      await sent("approval-keep", () => true, from);
      await nodeRed.inject(answer);
      await said("approval-transcript", reply, from);
    }
    assert.equal(
      nodeRed.sent.filter(({ id }) => id === "approval-light").length,
      1,
    );
  });

  it("Out of band: tells the answers apart", async () => {
    await nodeRed.inject("aside-say");
    await said("aside-transcript", "Hello, nice to hear you.");
    await nodeRed.inject("aside-ask");
    const { port } = await sent("aside-apart", ({ voice }) =>
      Boolean((voice as Marked).outOfBand),
    );
    assert.equal(port, 0);
  });

  it("Streaming text: answers the text that the pieces make", async () => {
    await nodeRed.inject("typed-say");
    await said("typed-transcript", "Hello, nice to hear you.");
  });

  it("Several personas: each answers for itself, and one is changed", async () => {
    for (const name of ["chef", "guide"]) {
      await nodeRed.inject(`personas-${name}`);
      await said(`personas-${name}-says`, "Hello, nice to hear you.");
    }
    await nodeRed.inject("personas-french");
    const { msg } = await sent("personas-event", () => true);
    assert.match(JSON.stringify(msg["payload"]), /Speak French/);
  });

  it("Link call and subflow: answer a call, and announce", async () => {
    await nodeRed.inject("parts-say");
    await said("parts-transcript", "It is sunny in Lisbon, with 21 degrees.");
    await nodeRed.inject("parts-dinner");
    await said("parts-transcript", "Dinner is ready.");
  });
});

interface Exported {
  readonly items: readonly { readonly text: string }[];
}
interface Coded {
  readonly code?: string;
}
interface Closed {
  readonly reason?: string;
}
interface Marked {
  readonly outOfBand?: boolean;
}

function isSession({ type }: FlowNode): boolean {
  return type === "voice-live-session";
}

/** So small that the first reply reaches it. */
function withSmallLimit(all: readonly FlowNode[]): FlowNode[] {
  const limited = all.filter(({ maxTokens }) => maxTokens !== undefined);
  const small = withProperties(limited, "voice-live-session", { maxTokens: 1 });
  return all.map((node) => small.find(({ id }) => id === node.id) ?? node);
}

/** What Catch nodes were told, and what the log calls an error. */
function problems({ sent, logs }: NodeRed): unknown[] {
  return [
    ...sent
      .filter(({ type }) => type === "catch")
      .map(({ msg }) => msg["error"]),
    ...logs.filter((line) => / \[(error|warn)\] \[/.test(line)),
  ];
}
