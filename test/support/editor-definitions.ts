import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { packageRoot } from "../../scripts/user-dir";

/** Names of a node's properties, as its definition for the editor lists them. */
export function propertiesOf(type: string): string[] {
  const properties = membersOf(editorSource(type), "defaults");
  assert.ok(properties.includes("name"), "the definition is inline");
  return properties;
}

export function credentialsOf(type: string): string[] {
  return membersOf(editorSource(type), "credentials");
}

export function editorSource(type: string): string {
  return readFileSync(
    path.join(packageRoot, "nodes", `${type}.editor.ts`),
    "utf8",
  );
}

/** Names of the members of the object literal behind `word:` in a node definition, by their indentation. */
function membersOf(editor: string, word: string): string[] {
  const [, indent = "", block = ""] =
    new RegExp(`^( +)${word}: \\{\\n([\\s\\S]*?)^\\1\\},$`, "m").exec(editor) ??
    [];
  return [...block.matchAll(new RegExp(`^${indent}  (\\w+): `, "gm"))].map(
    (match) => match[1] ?? "",
  );
}
