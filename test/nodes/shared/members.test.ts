import assert from "node:assert/strict";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import type { Node, NodeAPI, NodeStatus } from "node-red";
import {
  VoiceLiveError,
  type Conversation,
  type ConversationHub,
} from "../../../lib/client";
import { Members } from "../../../nodes/shared/members";

type Phase = Conversation["phase"];

const FAULT = new VoiceLiveError("VOICE_LIVE_AUDIO", "No audio.");
const OTHER = new VoiceLiveError("VOICE_LIVE_KEY", "No key.");

describe("Members", () => {
  let clock: Clock;
  let phases: Phase[];
  let members: Members;
  /** Of each node: what it showed, and when. */
  let shown: string[];

  beforeEach(() => {
    clock = FakeTimers.install({
      toFake: [
        "setTimeout",
        "clearTimeout",
        "setImmediate",
        "clearImmediate",
        "performance",
      ],
    });
    phases = ["idle"];
    shown = [];
    const RED = {
      _: (key: string, { count }: { count: number }) =>
        `${key.split(".").at(-1)}${count > 0 ? ` ${count}` : ""}`,
    } as unknown as NodeAPI;
    const hub = {
      get conversations() {
        return phases.map((phase) => ({ state: { name: "ready" }, phase }));
      },
    } as unknown as ConversationHub;
    members = new Members(RED, {} as Node, hub);
  });
  afterEach(() => {
    members.close();
    assert.equal(clock.countTimers(), 0);
    clock.uninstall();
  });

  function join(name: string): Node {
    const node = {
      status: ({ fill, text }: NodeStatus) =>
        shown.push(`${name}: ${fill} ${text} @${performance.now()}`),
    } as unknown as Node;
    members.add(node);
    return node;
  }

  function change(...now: Phase[]): void {
    phases = now;
    members.refresh();
  }

  it("shows a new member the state at once, and each of them a change as soon as the turn of the event loop is over", () => {
    join("a");
    join("b");
    assert.deepEqual(shown.splice(0), [
      "a: green ready @0",
      "b: green ready @0",
    ]);
    change("listening");
    change("thinking");
    assert.deepEqual(shown, []);
    clock.tick(0);
    assert.deepEqual(shown, ["a: blue thinking @0", "b: blue thinking @0"]);
  });

  it("shows each change of a conversation that talks", () => {
    join("a");
    shown.length = 0;
    for (const phase of [
      "listening",
      "thinking",
      "speaking",
      "idle",
    ] as const) {
      change(phase);
      clock.tick(5);
    }
    assert.deepEqual(shown, [
      "a: blue listening @0",
      "a: blue thinking @5",
      "a: blue speaking @10",
      "a: green ready @15",
    ]);
  });

  it("shows ten changes a second where they do not end, and the last one always", () => {
    join("a");
    shown.length = 0;
    const all = ["listening", "thinking", "speaking"] as const;
    for (let at = 0; at < 10_000; at += 10) {
      change(all[(at / 10) % 3]!);
      clock.tick(10);
    }
    assert.ok(shown.length <= 121, `${shown.length}`);
    change("idle");
    clock.tick(100);
    assert.match(shown.at(-1)!, /ready/);
    const count = shown.length;
    clock.tick(10_000);
    assert.equal(shown.length, count);
  });

  it("shows nothing again that is shown already", () => {
    phases = ["speaking", "idle"];
    join("a");
    assert.deepEqual(shown.splice(0), ["a: blue conversations 2 @0"]);
    for (const now of [
      ["idle", "speaking"],
      ["thinking", "listening"],
    ] as const) {
      change(...now);
      clock.tick(1_000);
    }
    assert.deepEqual(shown, []);
    change("thinking", "listening", "idle");
    clock.tick(1_000);
    assert.deepEqual(shown.splice(0), ["a: blue conversations 3 @2000"]);
    change("idle", "idle", "idle");
    clock.tick(1_000);
    assert.deepEqual(shown, ["a: green conversations 3 @3000"]);
  });

  it("shows a fault of the node's own, and its end, at once", () => {
    const a = join("a");
    join("b");
    shown.length = 0;
    members.showFault(a, FAULT);
    members.showFault(a, OTHER);
    members.showFault(a, undefined);
    assert.deepEqual(shown, [
      "a: red VOICE_LIVE_AUDIO @0",
      "a: red VOICE_LIVE_KEY @0",
      "a: green ready @0",
    ]);
  });

  it("shows no storm of faults where one caller has them and another has not", () => {
    const a = join("a");
    shown.length = 0;
    for (let at = 0; at < 10_000; at += 40)
      for (const fault of [FAULT, undefined, OTHER, undefined]) {
        members.showFault(a, fault);
        clock.tick(10);
      }
    assert.ok(shown.length <= 121, `${shown.length}`);
    members.showFault(a, OTHER);
    clock.tick(100);
    assert.match(shown.at(-1)!, /^a: red VOICE_LIVE_KEY/);
    members.showFault(a, undefined);
    clock.tick(100);
    assert.match(shown.at(-1)!, /^a: green ready/);
  });

  it("shows what a node does by itself until that is over", () => {
    const a = join("a");
    members.showLook(a, { fill: "red", shape: "dot", key: "recording" });
    clock.tick(100);
    change("speaking");
    clock.tick(100);
    members.showLook(a, undefined);
    clock.tick(100);
    assert.deepEqual(
      shown.map((each) => each.split(" @")[0]),
      ["a: green ready", "a: red recording", "a: blue speaking"],
    );
  });

  it("shows nothing on a node that has left, nor after the end", () => {
    const a = join("a");
    join("b");
    change("listening");
    members.remove(a);
    clock.tick(1);
    assert.deepEqual(shown.slice(2), ["b: blue listening @0"]);
    change("thinking");
    members.close();
    change("speaking");
    clock.tick(1_000);
    assert.equal(shown.length, 3);
  });
});
