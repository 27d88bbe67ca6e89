import assert from "node:assert/strict";
import { stopClock, type StoppedClock } from "../client/clock";
import type { ProgramName, SoundCommand } from "../../lib/soundcard/command";
import type { SoundCardError } from "../../lib/soundcard/errors";
import type { SoundProgram } from "../../lib/soundcard/sound-program";
import { Supervisor } from "../../lib/soundcard/supervisor";

const MISSING = command("voice-live-no-such-program", []);
const FAILING = shell("echo 'Unknown PCM mic' >&2; exit 1");
const RUNNING = command("cat", []);
const STUBBORN = shell(
  "trap '' TERM; echo ready; while :; do read -r line; done",
  "record",
);

function shell(
  script: string,
  direction: "record" | "play" = "play",
): SoundCommand {
  return { ...command("sh", ["-c", script]), direction };
}

function command(program: string, args: readonly string[]): SoundCommand {
  return {
    direction: "play",
    program: program as ProgramName,
    device: "",
    args,
    env: {},
  };
}

describe("Supervisor", () => {
  let clock: StoppedClock;
  let supervisor: Supervisor;
  let wake = (): void => {};
  const started: SoundProgram[] = [];
  const faults: SoundCardError[] = [];

  beforeEach(() => {
    clock = stopClock();
    started.length = 0;
    faults.length = 0;
    supervisor = new Supervisor({
      started: (program) => (started.push(program), wake()),
      failed: (fault) => (faults.push(fault), wake()),
    });
  });
  afterEach(async () => {
    supervisor.kill();
    await Promise.all(started.map(({ ended }) => ended));
    clock.uninstall();
  });

  /** Programs are real, so they take their time, whatever the clock says. */
  function until(isTrue: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      wake = () => isTrue() && resolve();
      wake();
    });
  }

  it("starts a failing program again after 250 ms, 500 ms, 1 s and so on", async () => {
    supervisor.start([FAILING]);
    for (const [index, delay] of [250, 500, 1_000, 2_000].entries()) {
      await until(() => faults.length === index + 1);
      clock.tick(delay - 1);
      assert.equal(started.length, index + 1);
      clock.tick(1);
      assert.equal(started.length, index + 2);
    }
    assert.equal(faults[0]?.code, "unknown-device");
  });

  it("begins with 250 ms again after a program that worked for 5 s", async () => {
    supervisor.start([FAILING]);
    await until(() => faults.length === 1);
    clock.tick(250);
    await until(() => faults.length === 2);
    clock.tick(500);
    supervisor.prove();
    clock.tick(5_000);
    await until(() => faults.length === 3);
    clock.tick(250);
    assert.equal(started.length, 4);
  });

  it("tries the next program at once, and stays with the one that worked", async () => {
    supervisor.start([MISSING, FAILING, RUNNING]);
    await until(() => started.length === 3);
    supervisor.prove();
    supervisor.program?.kill();
    await until(() => faults.length === 1);
    await supervisor.stop();
    supervisor.start([MISSING, FAILING, RUNNING]);
    assert.deepEqual(started.at(-1)?.command, RUNNING);
  });

  it("reports once, when no program works", async () => {
    supervisor.start([MISSING, FAILING]);
    await until(() => faults.length === 1);
    assert.equal(started.length, 2);
    assert.equal(faults[0]?.message, "There is no default sound device");
  });

  it("says what to install when there is no program at all", async () => {
    supervisor.start([MISSING, MISSING, MISSING]);
    await until(() => faults.length === 1);
    assert.equal(
      faults[0]?.nextStep,
      "Install alsa-utils or pulseaudio-utils or sox.",
    );
  });

  it("starts nothing after it was stopped", async () => {
    supervisor.start([FAILING]);
    await until(() => faults.length === 1);
    await supervisor.stop();
    clock.tick(60_000);
    assert.equal(started.length, 1);
  });

  it("waits for a program to let go of the device before it starts the next", async () => {
    supervisor.start([RUNNING]);
    supervisor.kill();
    supervisor.start([RUNNING]);
    assert.equal(started.length, 1);
    await until(() => started.length === 2);
    assert.deepEqual(faults, []);
  });

  it("kills a recorder that does not end within 2 s", async () => {
    supervisor.start([STUBBORN]);
    await new Promise((resolve) => started[0]?.output?.once("data", resolve));
    const stopped = supervisor.stop();
    clock.tick(2_000);
    await stopped;
    assert.equal((await started[0]!.ended).signal, "SIGKILL");
  });

  it("may be stopped twice", async () => {
    supervisor.start([RUNNING]);
    await Promise.all([supervisor.stop(), supervisor.stop()]);
    await supervisor.stop();
    assert.ok(supervisor.isStopped);
  });
});
