import { LANGUAGE_NAMES, LANGUAGES } from "../model/language";
import { type Preferences, readPreferences } from "../model/preferences";
import { byId, make } from "./dom";
import type { Texts } from "./texts";

const STORE = "voice-live-talk";

export interface SettingsOptions {
  readonly texts: Texts;
  readonly hasSpeakerChoice: boolean;
  readonly onChange: (changed: keyof Preferences) => void;
}

/** The settings dialog, and what was chosen in it. */
export class SettingsView {
  readonly #options: SettingsOptions;
  readonly #dialog = byId("settings", HTMLDialogElement);
  readonly #language = byId("language", HTMLSelectElement);
  readonly #microphone = byId("microphone-choice", HTMLSelectElement);
  readonly #speaker = byId("speaker-choice", HTMLSelectElement);
  readonly #echo = byId("echo-cancellation", HTMLInputElement);
  readonly #noise = byId("noise-suppression", HTMLInputElement);
  #chosen: Preferences = readPreferences(load());

  constructor(options: SettingsOptions) {
    this.#options = options;
    byId("speaker-row").hidden = !options.hasSpeakerChoice;
    this.#language.append(
      ...LANGUAGES.map((each) => option(each, LANGUAGE_NAMES[each])),
    );
    this.#on(this.#language, "language", () => this.#language.value);
    this.#on(this.#microphone, "microphone", () => this.#microphone.value);
    this.#on(this.#speaker, "speaker", () => this.#speaker.value);
    this.#on(this.#echo, "echoCancellation", () => this.#echo.checked);
    this.#on(this.#noise, "noiseSuppression", () => this.#noise.checked);
    for (const radio of modes()) this.#on(radio, "mode", () => radio.value);
    byId("settings-open").addEventListener("click", () => void this.#open());
    navigator.mediaDevices?.addEventListener("devicechange", () => {
      if (this.#dialog.open) void this.#listDevices();
    });
    this.show();
  }

  get chosen(): Preferences {
    return this.#chosen;
  }

  /** Shows what is chosen, in the language that is shown. */
  show(): void {
    this.#language.value = this.#options.texts.language;
    this.#echo.checked = this.#chosen.echoCancellation;
    this.#noise.checked = this.#chosen.noiseSuppression;
    for (const radio of modes())
      radio.checked = radio.value === this.#chosen.mode;
  }

  async #open(): Promise<void> {
    await this.#listDevices();
    this.show();
    this.#dialog.showModal();
  }

  /** Names are empty until the microphone was allowed once. */
  async #listDevices(): Promise<void> {
    const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
    const { microphone, speaker } = this.#chosen;
    this.#fill(this.#microphone, devices, "audioinput", microphone);
    this.#fill(this.#speaker, devices, "audiooutput", speaker);
  }

  #fill(
    select: HTMLSelectElement,
    devices: readonly MediaDeviceInfo[],
    kind: MediaDeviceKind,
    chosen: string,
  ): void {
    const { texts } = this.#options;
    const found = devices.filter(
      (device) =>
        device.kind === kind && !["", "default"].includes(device.deviceId),
    );
    select.replaceChildren(
      option("", texts.get("settings.default")),
      ...found.map(({ deviceId, label }, index) =>
        option(
          deviceId,
          label || texts.get("settings.device", { number: `${index + 1}` }),
        ),
      ),
    );
    select.value = chosen;
    if (select.selectedIndex < 0) select.value = "";
  }

  #on(
    control: HTMLElement,
    name: keyof Preferences,
    read: () => string | boolean,
  ): void {
    control.addEventListener("change", () => {
      this.#chosen = { ...this.#chosen, [name]: read() };
      save(this.#chosen);
      this.#options.onChange(name);
    });
  }
}

function modes(): readonly HTMLInputElement[] {
  return [...document.querySelectorAll<HTMLInputElement>("input[name=mode]")];
}

function option(value: string, text: string): HTMLOptionElement {
  const made = make("option", "", text);
  made.value = value;
  return made;
}

/** A browser may refuse to store anything for a page; then choices last as long as the page. */
function load(): string | null {
  try {
    return localStorage.getItem(STORE);
  } catch {
    return null;
  }
}

function save(chosen: Preferences): void {
  try {
    localStorage.setItem(STORE, JSON.stringify(chosen));
  } catch (error) {
    console.warn("The choice could not be stored.", error);
  }
}
