import assert from "node:assert/strict";
import { TestNodeRed, type NodeConfig, type TestFlow } from "../support/flow";
import type { Random } from "../support/random";
import type { Finding } from "./suite";

const NAMES = ["light", "weather", "music", "door", "timer", "news"] as const;

/** Deploys other functions again and again; the service has to know exactly those that the flow has. */
export async function changeTools(
  deploys: number,
  random: Random,
): Promise<Finding> {
  const nodeRed = new TestNodeRed();
  await nodeRed.start();
  try {
    const simulator = await nodeRed.simulator();
    const control = { id: "control", type: "voice-live-control" };
    const flow = await nodeRed.deploy({ simulator, nodes: [control] });
    await flow.service();
    for (let deploy = 0; deploy < deploys; deploy++) {
      const functions = pickFunctions(random, deploy);
      await flow.redeploy([control, ...functions]);
      await expectTools(flow, functions, deploy);
    }
    const { received } = await flow.service();
    const updates = received.filter(({ type }) => type === "session.update");
    return { count: deploys, figure: `told ${updates.length - 1} times` };
  } finally {
    await nodeRed.clear();
    await nodeRed.stop();
  }
}

/** Some functions; nodes keep their ids, so that names, descriptions and parameters change hands. */
function pickFunctions(random: Random, deploy: number): NodeConfig[] {
  const names = random
    .shuffled(NAMES)
    .slice(0, random.between(0, NAMES.length));
  return names.map((functionName, index) => ({
    id: `function-${index}`,
    type: "voice-live-function",
    functionName,
    description: random.chance(0.5) ? `Since deploy ${deploy}` : "",
    parameters: {
      type: "object",
      properties: random.chance(0.5) ? { [`p${deploy}`]: {} } : {},
    },
  }));
}

async function expectTools(
  flow: TestFlow,
  functions: readonly NodeConfig[],
  deploy: number,
): Promise<void> {
  const wanted = functions
    .map(({ functionName: name, description, parameters }) =>
      JSON.stringify({ name, description, parameters }),
    )
    .toSorted();
  const service = await flow.service();
  const told = (): readonly string[] =>
    (service.settings.tools ?? [])
      .map((tool) => {
        assert.equal(tool.type, "function");
        const { name, description, parameters } = tool;
        return JSON.stringify({ name, description, parameters });
      })
      .toSorted();
  await flow.until(
    `the service to know ${wanted.join()} after deploy ${deploy}, not ${told().join()}`,
    () => JSON.stringify(told()) === JSON.stringify(wanted),
  );
}
