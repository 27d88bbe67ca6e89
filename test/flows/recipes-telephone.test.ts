import assert from "node:assert/strict";
import type { NodeRed } from "../support/node-red";
import { PhoneCall } from "./phone-call";
import {
  endsAllConversations,
  holdTwoConversations,
  interruptSlowDevice,
  startRecipe,
} from "./recipe";

const RECIPE = {
  name: "Telephone",
  prefix: "telephone",
  rate: 8_000,
  bytesPerMs: 8,
};

describe("recipe Telephone", function () {
  // Questions and answers are spoken in real time.
  this.timeout(60_000);

  let nodeRed: NodeRed | undefined;

  afterEach(() => nodeRed?.stop());

  async function run(script: string): Promise<NodeRed> {
    nodeRed = await startRecipe(RECIPE, script);
    return nodeRed;
  }

  function dial({ url }: NodeRed, streamSid: string): Promise<PhoneCall> {
    return PhoneCall.dial(`${url.replace("http", "ws")}telephone`, streamSid);
  }

  it("gives each of two calls its own conversation", async () => {
    const running = await run("echo");
    const calls = await Promise.all([
      dial(running, "MZ1"),
      dial(running, "MZ2"),
    ]);
    await holdTwoConversations(running, RECIPE, calls);
    for (const call of calls) {
      assert.deepEqual([...call.addressed], [call.streamSid]);
      await call.hangUp();
    }
    await endsAllConversations(running, RECIPE);
  });

  it("takes marks as played reports, and clears what was not heard", async () => {
    const running = await run("assistant");
    const call = await dial(running, "MZ3");
    call.holdTheLine();
    await interruptSlowDevice(
      running,
      RECIPE,
      call,
      (ms) => call.listen(ms),
      () => call.isCleared(),
    );
    await call.hangUp();
  });
});
