import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { packageRoot } from "./user-dir";

/** A node, config node or tab, as a flow file holds it. */
export interface FlowNode {
  id: string;
  type: string;
  [property: string]: unknown;
}

/** The flow that `npm start` loads first, and `npm run demo` runs. */
export const demoName = "First conversation";

/** The flow beside it, with a page to talk on. */
export const talkName = "Talk page";

/** Menu entries of all examples, in order. */
export function exampleNames(): string[] {
  return readdirSync(path.join(packageRoot, "examples"))
    .map((file) => path.basename(file, ".json"))
    .toSorted();
}

/** @param name - menu entry of the example, which is its file name */
export function readExample(name: string): FlowNode[] {
  return JSON.parse(
    readFileSync(path.join(packageRoot, "examples", `${name}.json`), "utf8"),
  ) as FlowNode[];
}

/** The same flow with other properties on every node of one type. */
export function withProperties(
  flow: readonly FlowNode[],
  type: string,
  properties: object,
): FlowNode[] {
  return flow.map((node) =>
    node.type === type ? { ...node, ...properties } : node,
  );
}

/** The same flow, writing the spoken reply to another file than the user's home folder. */
export function withReplyFile(
  flow: readonly FlowNode[],
  file: string,
): FlowNode[] {
  return withProperties(flow, "tab", {
    env: [{ name: "REPLY_FILE", type: "str", value: file }],
  });
}
