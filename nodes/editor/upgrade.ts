import type { EditorNodeInstance } from "node-red";
import { migrate, type Properties } from "../shared/migrations";

/** Puts what an earlier version saved into today's words, for the dialog that opens. */
export function upgrade(node: EditorNodeInstance): void {
  const saved = node as unknown as Properties;
  const migrated = migrate(node.type, saved);
  // The editor watches what is written to a node, so only what differs is.
  for (const [name, value] of Object.entries(migrated))
    if (saved[name] !== value) Object.assign(node, { [name]: value });
}
