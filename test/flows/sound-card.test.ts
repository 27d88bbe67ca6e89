import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { pcm16BytesFor, rms, silence } from "../../lib/audio";
import {
  readExample,
  withProperties,
  type FlowNode,
} from "../../scripts/flow-file";
import { recording, tone } from "../simulator/sounds";
import { likeness } from "../soundcard/likeness";
import { startNodeRed, type NodeRed } from "../support/node-red";
import {
  eventually,
  MICROPHONE,
  RATE,
  SPEAKER,
  usePulse,
} from "../support/pulse";

const EXAMPLE = "Local microphone and speaker";
const ids = {
  microphone: "local-sound-microphone",
  speech: "local-sound-speech",
  speaker: "local-sound-speaker",
  transcript: "local-sound-transcript",
};
/** Programs of a microphone and a speaker. */
const BOTH = "pacat,parec";
/** What stays for a moment after the last word, so that detection hears it. */
const PAUSE = silence(1_200, RATE);

describe("local sound card in Node-RED", function () {
  // Questions and answers are spoken in real time.
  this.timeout(60_000);
  const pulse = usePulse();

  describe(`example ${EXAMPLE}`, () => {
    let nodeRed: NodeRed;
    /** How many messages were sent before the test. */
    let earlier = 0;

    before(async () => {
      nodeRed = await startNodeRed({ env: pulse.env });
    });
    beforeEach(async () => {
      earlier = nodeRed.sent.length;
      await nodeRed.deploy(flow());
    });
    afterEach(async () => {
      await nodeRed.deploy([]);
      assert.deepEqual(pulse.programs(), []);
    });
    after(() => nodeRed?.stop());

    it("talks, and what sounds is what the assistant said", async () => {
      const ear = await pulse.listen();
      await converse("Hello, nice to hear you.", "question-hello.wav");
      await nodeRed.waitForSent(
        "the report of the whole answer",
        ({ id, msg }) =>
          id === ids.speaker && Number(msg["payload"]) >= saidMs() - 1,
        earlier,
      );
      await ear.passes(100);
      await ear.close();
      const { correlation } = likeness(said(), ear.pcm);
      assert.ok(correlation >= 0.98, `correlation ${correlation}`);
      await nodeRed.waitForStatus(ids.microphone, /^−\d\d dBFS$/);
      assert.deepEqual(problems(), []);
    });

    it("falls silent when the user talks into the answer", async () => {
      const ear = await pulse.listen();
      await microphoneWorks();
      await pulse.speak(
        Buffer.concat([recording("question-story.wav"), PAUSE]),
      );
      await nodeRed.waitForSent(
        "a report of the story",
        ({ id, msg }) => id === ids.speaker && Number(msg["payload"]) > 500,
        earlier,
      );
      const spoken = pulse.speak(recording("question-hello.wav"));
      await nodeRed.waitForSent(
        "the flush",
        ({ id, port, msg }) =>
          id === ids.speech && port === 1 && msg["payload"] === "flush",
        earlier,
      );
      assert.ok(rms(lastOf(ear.pcm, 250)) > 0.001);
      await ear.passes(350);
      assert.ok(rms(lastOf(ear.pcm, 250)) < 0.001);
      await spoken;
      await ear.close();
    });

    it("lists the devices in the dialog", async () => {
      const names = async (type: string) =>
        (
          (await nodeRed.request("GET", `${type}/devices?program=auto`)) as {
            name: string;
          }[]
        ).map(({ name }) => name);
      assert.deepEqual(await names("voice-live-microphone"), [
        "speaker.monitor",
        "microphone.monitor",
      ]);
      assert.deepEqual(await names("voice-live-speaker"), [
        "speaker",
        "microphone",
      ]);
    });

    it("talks again after the sound server was killed and started", async () => {
      await microphoneWorks();
      await pulse.kill();
      await nodeRed.waitForStatus(ids.microphone, /^no sound server$/);
      await pulse.start();
      const before = nodeRed.sent.length;
      await microphoneWorks(before);
      await converse("Hello, nice to hear you.", "question-hello.wav");
      assert.equal(problems().length, 1);
      assert.match(
        String(problems()[0]),
        /: The sound server does not answer\. Start /,
      );
    });

    it("leaves no program behind after 50 deploys in the middle of a word, and none after the last node is gone", async () => {
      for (let deploy = 0; deploy < 50; deploy += 1) {
        await nodeRed.deploy([...flow(), tones(deploy)]);
        const running = pulse.programs();
        assert.equal(new Set(running).size, running.length, running.join());
        if (deploy % 5 > 0) continue;
        await eventually("both to run", () => pulse.programs().join() === BOTH);
      }
      await nodeRed.deploy([]);
      assert.deepEqual(pulse.programs(), []);
    });

    async function microphoneWorks(from = earlier): Promise<void> {
      await nodeRed.waitForSent(
        "sound of the microphone",
        ({ id }) => id === ids.microphone,
        from,
      );
    }

    async function converse(answer: string, question: string): Promise<void> {
      await microphoneWorks();
      await pulse.speak(Buffer.concat([recording(question), PAUSE]));
      await nodeRed.waitForSent(
        "the answer",
        ({ id, msg }) =>
          id === ids.transcript &&
          msg["topic"] === "assistant" &&
          msg["payload"] === answer,
        earlier,
      );
      await nodeRed.waitForSent(
        "the end of the answer",
        ({ id, port, msg }) =>
          id === ids.speech && port === 1 && msg["payload"] === "end",
        earlier,
      );
    }

    /** All that audio out has sent. */
    function said(): Buffer {
      return Buffer.concat(
        nodeRed.sent
          .slice(earlier)
          .filter(({ id, port }) => id === ids.speech && port === 0)
          .map(({ msg }) => msg["payload"] as Buffer),
      );
    }

    function saidMs(): number {
      return Math.floor(said().length / 48);
    }

    function problems(): unknown[] {
      return nodeRed.sent
        .slice(earlier)
        .filter(({ type }) => type === "catch")
        .map(({ msg }) => (msg["error"] as { message: string }).message);
    }
  });

  it("leaves no program behind when Node-RED is killed in the middle of a word", async () => {
    const nodeRed = await startNodeRed({ flows: flow(), env: pulse.env });
    await nodeRed.waitForSent(
      "sound of the microphone",
      ({ id }) => id === ids.microphone,
    );
    await pulse.speak(Buffer.concat([recording("question-story.wav"), PAUSE]));
    await eventually("both to run", () => pulse.programs().join() === BOTH);
    process.kill(nodeRedPid(), "SIGKILL");
    await nodeRed.stop();
    await eventually(
      "the programs to end",
      () => pulse.programs().length === 0,
    );
  });
});

/** The last so many milliseconds. */
function lastOf(pcm: Buffer, ms: number): Buffer {
  return pcm.subarray(pcm.length - pcm16BytesFor(ms, RATE));
}

/** The example, with its devices named and its faults caught. */
function flow(): FlowNode[] {
  const example = withProperties(
    withProperties(readExample(EXAMPLE), "voice-live-microphone", {
      device: MICROPHONE,
    }),
    "voice-live-speaker",
    { device: SPEAKER },
  );
  const { z } = example.find(({ id }) => id === ids.speaker)!;
  const place = { z, x: 0, y: 0 };
  return [
    ...example,
    {
      id: "catch",
      type: "catch",
      ...place,
      scope: null,
      uncaught: false,
      wires: [["caught"]],
    },
    { id: "caught", type: "debug", ...place, active: false, wires: [] },
  ];
}

/** Gives the speaker something to play as soon as it is deployed. */
function tones(deploy: number): FlowNode {
  const { z } = readExample(EXAMPLE).find(({ id }) => id === ids.speaker)!;
  return {
    id: `tones-${deploy}`,
    type: "inject",
    z,
    x: 0,
    y: 0,
    props: [{ p: "payload", v: tone(3_000).toString("base64"), vt: "str" }],
    once: true,
    onceDelay: 0.01,
    wires: [[ids.speaker]],
  };
}

/** The Node-RED that this process has started. */
function nodeRedPid(): number {
  const pid = readdirSync("/proc").find(
    (name) => /^\d+$/.test(name) && isOurNodeRed(name),
  );
  assert.ok(pid);
  return Number(pid);
}

function isOurNodeRed(pid: string): boolean {
  try {
    const parent = /^PPid:\s+(\d+)$/m.exec(
      readFileSync(`/proc/${pid}/status`, "utf8"),
    )?.[1];
    return (
      Number(parent) === process.pid &&
      readFileSync(`/proc/${pid}/cmdline`, "utf8").startsWith("node-red")
    );
  } catch {
    // It ended while it was looked at.
    return false;
  }
}
