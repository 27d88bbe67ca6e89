import { ChoiceMemory } from "./choice-memory";
import { chooseEcho, ECHO_PATH, echoAfterEdit, shownEcho } from "./echo-choice";
import type { Settings } from "./json-path";
import {
  chooseSensitivity,
  isSensitivityOffered,
  SENSITIVITY_PATHS,
  sensitivityOf,
} from "./sensitivity";
import type { SettingControl } from "./settings-form";

/** The select that stands for the `echo` property and the settings' echo cancellation together. */
export function createEchoSelect(
  echo: string,
  settings: Settings,
): { control: SettingControl; echoOf(settings: Settings): string } {
  let chosen = { echo, settings };
  const memory = new ChoiceMemory([ECHO_PATH]);
  const echoOf = (edited: Settings): string => echoAfterEdit(chosen, edited);
  const control: SettingControl = {
    element: $("#voice-live-session-echo"),
    read: (edited) => shownEcho({ echo: echoOf(edited), settings: edited }),
    write(edited, choice) {
      memory.leave(edited, control.read(edited));
      const next = chooseEcho(edited, choice);
      chosen = {
        echo: next.echo,
        settings: memory.enter(next.settings, choice),
      };
      return chosen.settings;
    },
    isOffered: () => true,
  };
  return { control, echoOf };
}

/** The select that stands for several members of the turn detection. */
export function createSensitivitySelect(): SettingControl {
  const memory = new ChoiceMemory(SENSITIVITY_PATHS);
  return {
    element: $("#voice-live-session-sensitivity"),
    read: sensitivityOf,
    write(settings, choice) {
      memory.leave(settings, sensitivityOf(settings));
      return memory.enter(chooseSensitivity(settings, choice), choice);
    },
    isOffered: isSensitivityOffered,
  };
}
