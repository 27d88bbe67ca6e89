import type { Page } from "playwright-core";
import { addNode, openNode } from "../../../test/browser/editor-page";
import { NODE_TYPES } from "../../../test/support/node-types";
import { dialogScene, type Scene } from "../scene";

const CONFIGS = ["voice-live-resource", "voice-live-session"];

/** The dialog of every node of the palette, as it is for a new one. */
export const nodeDialogs: readonly Scene[] = NODE_TYPES.filter(
  (type) => !CONFIGS.includes(type),
).map((type) =>
  dialogScene(type.replace("voice-live-", ""), (page) => openNew(page, type)),
);

const WEATHER = {
  functionName: "get_weather",
  description: "The weather of a place, today or later",
  parameters: {
    type: "object",
    properties: {
      city: { type: "string", description: "Name of the city" },
      days: { type: "integer", description: "How many days ahead" },
      unit: { type: "string", enum: ["C", "F"] },
    },
    required: ["city"],
  },
};

/** Parameters of a function, in all three views. */
export const functionViews: readonly Scene[] = ["table", "json", "example"].map(
  (view) =>
    dialogScene(`function-${view}`, async (page) => {
      await openNew(page, "voice-live-function", WEATHER);
      await page.locator(`[data-view="${view}"]`).click();
    }),
);

/** Opens the dialog of a new node, on the demo flow's session where it needs one. */
async function openNew(
  page: Page,
  type: string,
  properties: object = {},
): Promise<void> {
  const id = await addNode(page, type);
  await page.evaluate(`(() => {
    const node = RED.nodes.node("${id}");
    RED.nodes.eachConfig((config) => {
      if (config.type === "voice-live-session" && "session" in node) node.session = config.id;
    });
    Object.assign(node, ${JSON.stringify(properties)});
  })()`);
  await openNode(page, id);
}
