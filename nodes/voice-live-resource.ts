import type { Node, NodeAPI, NodeDef } from "node-red";
import type { ServiceAccess } from "../lib/client";
import { createAccess, type ResourceConfig } from "./shared/resource-access";
import type { ResourceCredentials } from "./shared/resource-identity";
import { testResource } from "./shared/resource-test";
import { serveTrial } from "./shared/trials";

export type ResourceNode = Node<ResourceCredentials> & {
  readonly access?: ServiceAccess;
};

export default function (RED: NodeAPI): void {
  function VoiceLiveResourceNode(
    this: Node<ResourceCredentials> & { access?: ServiceAccess },
    config: ResourceConfig & NodeDef,
  ): void {
    RED.nodes.createNode(this, config);
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
  RED.nodes.registerType<
    Node<ResourceCredentials>,
    ResourceConfig & NodeDef,
    object,
    ResourceCredentials
  >("voice-live-resource", VoiceLiveResourceNode, {
    credentials: {
      apiKey: { type: "password" },
      clientSecret: { type: "password" },
    },
  });
  serveTrial(RED, "voice-live-resource", "test", (id, body, signal) =>
    testResource(RED, id, body, signal),
  );
}
