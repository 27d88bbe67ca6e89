import { fillSuggestions, textOf } from "./inputs";

interface SoundDevice {
  readonly name: string;
  readonly label: string;
}

/** Offers the devices of the machine that runs Node-RED, as the chosen program names them; a name can still be typed. */
export function suggestDevices(type: string): void {
  const follow = (): void => {
    const program = textOf("node-input-program");
    void $.getJSON(
      `${type}/devices`,
      { program },
      (devices: readonly SoundDevice[]) => {
        // Another program may have been chosen meanwhile.
        if (textOf("node-input-program") === program)
          showDevices(`${type}-devices`, devices);
      },
    );
  };
  $("#node-input-program").on("change", follow);
  follow();
}

function showDevices(id: string, devices: readonly SoundDevice[]): void {
  fillSuggestions(
    id,
    devices.map(({ name }) => name),
  );
  for (const { name, label } of devices)
    $(`#${id} option`)
      .filter((_index, option) => $(option).attr("value") === name)
      .attr("label", label);
}

/** Names of devices are data for a program, never its options. */
export function isDeviceName(value: unknown): boolean {
  return typeof value !== "string" || !value.trim().startsWith("-");
}
