import type { Node, NodeAPI, NodeDef } from "node-red";
import type { ServiceAccess, VoiceLiveError } from "../lib/client";
import { createAccess, type ResourceConfig } from "./shared/resource-access";
import type { ResourceCredentials } from "./shared/resource-identity";
import { testResource } from "./shared/resource-test";
import { serveTrial } from "./shared/trials";
import { registerNode } from "./shared/register-node";

export type ResourceNode = Node<ResourceCredentials> & {
  readonly access?: ServiceAccess;
  /** Why there is none; its sessions tell. */
  readonly refusal?: VoiceLiveError;
};

type Writable<T> = { -readonly [K in keyof T]: T[K] };

export default function (RED: NodeAPI): void {
  function VoiceLiveResourceNode(
    this: Writable<ResourceNode>,
    config: ResourceConfig & NodeDef,
  ): void {
    const access = createAccess(config, {
      RED,
      credentials: () => this.credentials ?? {},
      onUnverified: () =>
        this.warn(RED._("voice-live-resource.warning.unverified")),
    });
    this.access = access;
    this.on(
      "close",
      (_removed: boolean, done: () => void) =>
        void access.close().then(done, done),
    );
  }
  registerNode<Writable<ResourceNode>, ResourceCredentials>(
    RED,
    "voice-live-resource",
    VoiceLiveResourceNode,
    {
      credentials: {
        apiKey: { type: "password" },
        clientSecret: { type: "password" },
      },
      refuse(node, refusal) {
        node.refusal = refusal;
      },
    },
  );
  serveTrial(RED, "voice-live-resource", "test", (id, body, signal) =>
    testResource(RED, id, body, signal),
  );
}
