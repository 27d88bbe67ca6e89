import type { Node, NodeAPI } from "node-red";
import { toVoiceLiveError, VoiceLiveError } from "../../lib/client";
import {
  listSoundDevices,
  PLAYERS,
  RECORDERS,
  SoundCardError,
  type Direction,
  type ProgramName,
} from "../../lib/soundcard";
import { reportAtStart } from "./refusal";

type Program = ProgramName | "auto";

/** What the adapters of the sound card share: faults of lib/soundcard on node, status and Catch, and the dialog's device list. */
export class SoundCardNode {
  readonly #RED: NodeAPI;
  readonly #node: Node;
  readonly #type: string;
  #fault: string | undefined;
  #shown = "";

  constructor(RED: NodeAPI, node: Node, type: string) {
    this.#RED = RED;
    this.#node = node;
    this.#type = type;
  }

  /** Shows a status text of the node's catalog; the same again costs nothing. */
  show(
    fill: "red" | "green" | "yellow" | "blue" | "grey",
    shape: "ring" | "dot",
    key: string,
    values: Readonly<Record<string, string>> = {},
  ): void {
    const text = this.#RED._(`${this.#type}.status.${key}`, values);
    if (text === this.#shown) return;
    this.#shown = text;
    this.#node.status({ fill, shape, text });
  }

  /** Tells Catch what is wrong, once until it works again or something else is wrong; the status shows it all the time. */
  fail(thrown: unknown): void {
    const code = thrown instanceof SoundCardError ? thrown.code : "ended";
    this.show("red", "ring", `fault.${code}`);
    if (this.#fault === code) return;
    this.#fault = code;
    this.#node.error(soundFault(thrown), {});
  }

  /** Settings that cannot work: says so, and refuses every message. */
  refuse(thrown: unknown): void {
    const fault = soundFault(thrown);
    this.show("red", "ring", "fault.device-name");
    reportAtStart(this.#RED, this.#node, fault);
    this.#node.on("input", (_msg, _send, done) => done(fault));
  }

  /** It works. */
  recover(): void {
    this.#fault = undefined;
  }
}

/** The device name comes from the dialog; everything else is a matter of the machine. */
function soundFault(thrown: unknown): VoiceLiveError {
  if (!(thrown instanceof SoundCardError)) return toVoiceLiveError(thrown);
  const { code, message, nextStep } = thrown;
  const isSetting = code === "device-name";
  return new VoiceLiveError(
    isSetting ? "VOICE_LIVE_CONFIGURATION" : "VOICE_LIVE_AUDIO",
    message,
    { nextStep, severity: isSetting ? "stop" : "retry", cause: thrown },
  );
}

/** Answers `GET <type>/devices?program=…` of the node's dialog with a list of `{name, label}`. */
export function serveDevices(
  RED: NodeAPI,
  type: string,
  direction: Direction,
): void {
  RED.httpAdmin.get(
    `/${type}/devices`,
    RED.auth.needsPermission(`${type}.read`),
    (request, response) => {
      const wanted = request.query["program"];
      const programs: readonly ProgramName[] =
        direction === "record" ? RECORDERS : PLAYERS;
      const program: Program =
        programs.find((each) => each === wanted) ?? "auto";
      listSoundDevices(direction, program).then(
        (devices) => response.json(devices),
        (error: unknown) => response.status(500).json(String(error)),
      );
    },
  );
}
