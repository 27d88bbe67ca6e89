import type { EditorNodeInstance } from "node-red";
import { migrate, type Properties } from "../shared/migrations";

/** Puts what an earlier version saved into today's words, for the dialog that opens. */
export function upgrade(node: EditorNodeInstance): void {
  Object.assign(node, migrate(node.type, node as unknown as Properties));
}
