import { readdirSync } from "node:fs";
import path from "node:path";
import { packageRoot } from "../../scripts/user-dir";

/** Types of all nodes: each has a template. */
export const NODE_TYPES: readonly string[] = readdirSync(
  path.join(packageRoot, "nodes"),
)
  .filter((file) => file.endsWith(".html"))
  .map((file) => path.basename(file, ".html"))
  .toSorted();
