import { isRecord, removeMembers, type Settings } from "./json-path";
import { variantOf } from "./setting-variants";

/** The session's `echo` property and its settings: together they say how the assistant is kept out of the microphone. */
export interface EchoChoice {
  readonly echo: string;
  readonly settings: Settings;
}

/** Where the settings ask the service to cancel echo. */
export const ECHO_PATH = "input_audio_echo_cancellation";
const MEMBER = ECHO_PATH;
const TYPE = "server_echo_cancellation";
/** What the service wants beside the type; a reference of our own takes two channels, none takes one (protocol.md §7.4). */
const REFERENCE: Readonly<Record<string, Settings>> = {
  server: {},
  client: { reference_source: "client", channels: 2 },
};

/** What the one select for both shows. */
export function shownEcho({ echo, settings }: EchoChoice): string {
  // The microphone is closed whatever else the service is asked for.
  if (echo === "half-duplex") return echo;
  const asked = askedOf(settings);
  if (asked === "") return echo;
  return asked === "null" ? "none" : asked;
}

/** Both after the user chose in the select. Members that the dialog does not know stay. */
export function chooseEcho(settings: Settings, choice: string): EchoChoice {
  if (choice === "none" || choice === "half-duplex")
    return { echo: choice, settings: removeMembers(settings, [MEMBER]) };
  const reference = REFERENCE[choice];
  const value = {
    type: reference ? TYPE : choice,
    ...reference,
    ...foreignMembers(settings[MEMBER]),
  };
  return {
    // A kind of cancellation that we do not know is left to the settings alone.
    echo: reference ? choice : "none",
    settings: { ...settings, [MEMBER]: value },
  };
}

/**
 * The `echo` property after the settings were edited as JSON: as chosen, until the text asks for something else.
 * @param chosen - what was opened, or chosen last
 */
export function echoAfterEdit(chosen: EchoChoice, settings: Settings): string {
  const asked = askedOf(settings);
  if (asked === askedOf(chosen.settings)) return chosen.echo;
  if (REFERENCE[asked]) return asked;
  const asksForNothing = asked === "" || asked === "null";
  return chosen.echo === "half-duplex" && asksForNothing ? chosen.echo : "none";
}

/** What the settings ask the service for: `""` nothing, `"null"` off, `server`, `client`, or a kind that we do not know. */
function askedOf(settings: Settings): string {
  const value = settings[MEMBER];
  if (isRecord(value) && value.reference_source === "client") return "client";
  const type = variantOf(MEMBER, value);
  return type === TYPE ? "server" : type;
}

function foreignMembers(value: unknown): Settings {
  return isRecord(value)
    ? removeMembers(value, ["type", "reference_source", "channels"])
    : {};
}
