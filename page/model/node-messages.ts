import type { NodeMessage } from "../../lib/talk/page-protocol";

type Fields = Readonly<Record<string, "string" | "number" | "boolean">>;

/** What each message must have; more is ignored. */
const SHAPES: Readonly<Record<NodeMessage["type"], Fields>> = {
  welcome: {
    title: "string",
    resume: "string",
    resumed: "boolean",
    inputRate: "number",
    chunkMs: "number",
  },
  state: { state: "string" },
  recorded: { isRecorded: "boolean" },
  audio: { stream: "number", rate: "number", generation: "number" },
  "audio-end": { stream: "number" },
  flush: { generation: "number" },
  transcript: { id: "string", who: "string", text: "string", final: "boolean" },
  call: { id: "string", name: "string" },
  "call-result": { id: "string", output: "string", failed: "boolean" },
  turn: { latencyMs: "number" },
  notice: { level: "string", text: "string" },
  pong: { at: "number" },
};

/** @returns `undefined` for what is no message of this page's version */
export function readNodeMessage(frame: string): NodeMessage | undefined {
  let message: unknown;
  try {
    message = JSON.parse(frame);
  } catch {
    return undefined;
  }
  if (typeof message !== "object" || message === null) return undefined;
  const fields = message as Record<string, unknown>;
  const type = String(fields["type"]);
  if (!Object.hasOwn(SHAPES, type)) return undefined;
  const shape = SHAPES[type as NodeMessage["type"]];
  const fits = Object.entries(shape).every(
    ([name, kind]) => typeof fields[name] === kind,
  );
  return fits ? (message as NodeMessage) : undefined;
}
