import type { NodeAPI } from "node-red";
import { learnSecret, VoiceLiveError } from "../../lib/client";
import type { PageAccess, VerifyPage } from "../../lib/talk/page-access";
import type { PageServerOptions } from "../../lib/talk/page-server";
import { TicketOffice } from "../../lib/talk/ticket-office";
import { originOf, trustProxies } from "../../lib/talk/visitor";
import { number, oneOf, text, texts } from "./config-values";
import { installationKey } from "./installation-key";
import { isRecord } from "./messages";
import { checkPath } from "./page-mounts";

export interface TalkConfig {
  readonly path?: unknown;
  readonly title?: unknown;
  readonly access?: unknown;
  readonly origins?: unknown;
  readonly maxPages?: unknown;
  readonly maxPagesPerAddress?: unknown;
}

export interface TalkCredentials {
  password?: string;
  ticketSecret?: string;
}

export interface TalkSettings extends PageServerOptions {
  readonly path: string;
  /** Makes tickets, where they open the page. */
  readonly office: TicketOffice | undefined;
}

const ACCESS = ["off", "loopback", "password", "ticket", "custom"] as const;

/**
 * What the settings of a talk page mean.
 * @returns undefined where it is off
 * @throws VoiceLiveError `VOICE_LIVE_CONFIGURATION` that names what is wrong
 */
export function talkSettings(
  RED: NodeAPI,
  nodeId: string,
  config: TalkConfig,
  credentials: TalkCredentials,
): TalkSettings | undefined {
  const kind = oneOf(config, "access", ACCESS, "off");
  if (kind === "off") return undefined;
  const path = checkPath(text(config.path) || "talk");
  const access = accessOf(RED, kind, nodeId, path, credentials);
  return {
    path,
    title: text(config.title),
    access,
    office: access.kind === "ticket" ? access.office : undefined,
    key: installationKey(RED, `pages ${nodeId}`),
    origins: originsOf(config.origins),
    maxPages: number(config, "maxPages", 20, { min: 1, max: 1_000 }),
    maxPagesPerAddress: number(config, "maxPagesPerAddress", 5, {
      min: 1,
      max: 1_000,
    }),
    isTrustedProxy: proxiesOf(RED),
  };
}

function accessOf(
  RED: NodeAPI,
  kind: Exclude<(typeof ACCESS)[number], "off">,
  nodeId: string,
  path: string,
  { password = "", ticketSecret = "" }: TalkCredentials,
): PageAccess {
  switch (kind) {
    case "loopback":
      return { kind };
    case "password":
      if (password === "")
        throw refuse(
          "The talk page has no password",
          "Enter one in the node's dialog, then deploy; exported flows carry no secrets.",
        );
      learnSecret(password);
      return { kind, password };
    case "ticket": {
      learnSecret(ticketSecret);
      const key =
        ticketSecret === ""
          ? installationKey(RED, `tickets ${nodeId}`)
          : Buffer.from(ticketSecret);
      return { kind, office: new TicketOffice(key, path) };
    }
    case "custom":
      return { kind, verify: verifierOf(RED) };
  }
}

/** `voiceLiveTalk` of Node-RED's settings.js. */
function ownSettings(RED: NodeAPI): Readonly<Record<string, unknown>> {
  const { voiceLiveTalk } = RED.settings as {
    readonly voiceLiveTalk?: unknown;
  };
  return isRecord(voiceLiveTalk) ? voiceLiveTalk : {};
}

function verifierOf(RED: NodeAPI): VerifyPage {
  const { verify } = ownSettings(RED);
  if (typeof verify === "function") return verify as VerifyPage;
  throw refuse(
    "Node-RED's settings have no voiceLiveTalk.verify",
    "Add the function to settings.js and restart Node-RED, or choose another access.",
  );
}

function proxiesOf(RED: NodeAPI): PageServerOptions["isTrustedProxy"] {
  try {
    return trustProxies(texts(ownSettings(RED)["proxies"], []));
  } catch (cause) {
    throw refuse(
      `voiceLiveTalk.proxies in Node-RED's settings: ${cause instanceof Error ? cause.message : String(cause)}`,
      "List addresses such as 10.0.0.7 or networks such as 10.0.0.0/8.",
    );
  }
}

/** Addresses apart by spaces, commas or lines. */
function originsOf(value: unknown): ReadonlySet<string> {
  const given = text(value)
    .split(/[\s,]+/)
    .filter((entry) => entry !== "");
  return new Set(
    given.map((entry) => {
      const origin = originOf(entry);
      if (origin !== undefined && entry.replace(/\/$/, "") === origin)
        return origin;
      throw refuse(
        `«${entry.slice(0, 60)}» is no origin`,
        "Use scheme and host, such as https://example.org, and a port where there is one.",
      );
    }),
  );
}

function refuse(reason: string, nextStep: string): VoiceLiveError {
  return new VoiceLiveError("VOICE_LIVE_CONFIGURATION", reason, { nextStep });
}
