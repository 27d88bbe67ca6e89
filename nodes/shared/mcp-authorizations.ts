import type { Node, NodeAPI } from "node-red";
import { learnSecret, VoiceLiveError } from "../../lib/client";
import { object } from "./config-values";
import { isRecord } from "./messages";

/** Credentials of the session node, both JSON objects by the label of an MCP server. */
export interface McpCredentials {
  /** The authorizations themselves. */
  mcpAuthorization?: string;
  /**
   * What the dialog changed: an authorization, `null` for none any more, or `{ from }` after a server got another label.
   * The dialog never sees what is stored, so it cannot send the whole.
   */
  mcpChanges?: string;
}

const NEXT_STEP =
  "Enter it on the Tools tab of the session node, then deploy; exported flows carry no secrets.";

/**
 * The authorizations of a session's MCP servers by their labels. Changes that the dialog sent are merged and stored.
 * @param expected - labels of servers that have an authorization
 * @throws VoiceLiveError when one of them is missing
 */
export function readAuthorizations(
  RED: NodeAPI,
  node: Node<McpCredentials>,
  expected: readonly string[],
): ReadonlyMap<string, string> {
  const { mcpAuthorization, mcpChanges } = node.credentials ?? {};
  const stored = parse(mcpAuthorization);
  const merged = merge(stored, parse(mcpChanges));
  if (mcpChanges)
    void RED.nodes.addCredentials(node.id, {
      mcpAuthorization: JSON.stringify(Object.fromEntries(merged)),
    });
  for (const label of expected) if (!merged.has(label)) throw missing(label);
  return new Map(
    [...merged].map(([label, secret]) => [label, resolve(RED, node, secret)]),
  );
}

function parse(json: string | undefined): Record<string, unknown> {
  try {
    return object(json, "the authorizations of the MCP servers");
  } catch {
    // The cause would quote the text, which is secret.
    throw new VoiceLiveError(
      "VOICE_LIVE_CONFIGURATION",
      "The authorizations of the MCP servers are not a JSON object by server label",
      { nextStep: NEXT_STEP },
    );
  }
}

function merge(
  stored: Readonly<Record<string, unknown>>,
  changes: Readonly<Record<string, unknown>>,
): Map<string, string> {
  const merged = new Map<string, string>();
  const keep = (label: string, secret: unknown): void => {
    if (typeof secret === "string" && secret !== "") merged.set(label, secret);
  };
  for (const [label, secret] of Object.entries(stored))
    if (!Object.hasOwn(changes, label)) keep(label, secret);
  for (const [label, change] of Object.entries(changes))
    keep(label, isRecord(change) ? stored[String(change["from"])] : change);
  return merged;
}

/** `${NAME}` inside the map; Node-RED replaces whole credentials only. */
function resolve(RED: NodeAPI, node: Node, secret: string): string {
  const variable = /^\$\{([^}\s]+)\}$/.exec(secret)?.[1];
  const value =
    variable === undefined
      ? secret
      : String(RED.util.evaluateNodeProperty(variable, "env", node, {}) ?? "");
  if (value === "")
    throw new VoiceLiveError(
      "VOICE_LIVE_ENVIRONMENT",
      `The authorization of an MCP server is taken from the environment variable ${variable}, which is not set`,
      { nextStep: `Set ${variable} before Node-RED starts.` },
    );
  learnSecret(value);
  // The scheme in front is no secret; what follows may be quoted without it.
  learnSecret(/^\S+\s+(\S.*)$/.exec(value)?.[1]);
  return value;
}

function missing(label: string): VoiceLiveError {
  return new VoiceLiveError(
    "VOICE_LIVE_CREDENTIAL",
    `The authorization of the MCP server "${label}" is missing`,
    { nextStep: NEXT_STEP },
  );
}
