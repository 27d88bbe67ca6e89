import type { Node, NodeAPI, NodeDef } from "node-red";
import { toVoiceLiveError } from "../lib/client";
import { joinSession, reportAtStart } from "./shared/session-access";
import { lookOfFault, statusText } from "./shared/status";
import { TalkPages } from "./shared/talk-pages";
import {
  talkSettings,
  type TalkConfig,
  type TalkCredentials,
} from "./shared/talk-settings";

interface TalkNodeConfig extends NodeDef, TalkConfig {
  readonly session?: unknown;
}

export default function (RED: NodeAPI): void {
  function VoiceLiveTalkNode(
    this: Node<TalkCredentials>,
    config: TalkNodeConfig,
  ): void {
    RED.nodes.createNode(this, config);
    const membership = joinSession(RED, this, config.session, true);
    if (!membership) return;
    try {
      const settings = talkSettings(
        RED,
        this.id,
        config,
        this.credentials ?? {},
      );
      if (!settings) return beOff(RED, this);
      const pages = new TalkPages(RED, this, membership.session, settings);
      pages.open(membership);
    } catch (thrown) {
      const fault = toVoiceLiveError(thrown);
      const text = statusText(RED, lookOfFault(fault).key);
      this.status({ fill: "red", shape: "ring", text });
      reportAtStart(RED, this, fault);
      this.on("input", (_msg, _send, done) => done(fault));
    }
  }
  RED.nodes.registerType<
    Node<TalkCredentials>,
    TalkNodeConfig,
    object,
    TalkCredentials
  >("voice-live-talk", VoiceLiveTalkNode, {
    credentials: {
      password: { type: "password" },
      ticketSecret: { type: "password" },
    },
  });
}

/** Nobody can have the page open: what is for it is for nobody. */
function beOff(RED: NodeAPI, node: Node): void {
  const text = RED._("voice-live-talk.status.off");
  node.status({ fill: "grey", shape: "ring", text });
  node.on("input", (_msg, _send, done) => done());
}
