import type { EditorNodeInstance } from "node-red";
import { migrate, type Properties } from "../shared/migrations";

/** A node as the editor holds it, with the definition of its type. */
interface EditedNode extends Properties {
  readonly _def: {
    readonly defaults: Readonly<Record<string, { readonly value?: unknown }>>;
  };
}

/**
 * Puts what an earlier version saved into today's words, for the dialog that opens. What a flow leaves out, as those written by hand
 * do, is as in a new node.
 */
export function upgrade(node: EditorNodeInstance): void {
  const saved = node as unknown as EditedNode;
  const migrated = migrate(node.type, saved);
  // The editor watches what is written to a node, so only what differs is.
  for (const [name, value] of Object.entries(migrated))
    if (saved[name] !== value) Object.assign(node, { [name]: value });
  for (const [name, { value }] of Object.entries(saved._def.defaults))
    if (saved[name] === undefined && value !== undefined)
      Object.assign(node, { [name]: structuredClone(value) });
}
