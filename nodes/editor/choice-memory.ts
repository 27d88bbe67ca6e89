import { valueAt, withValueAt, type Settings } from "./json-path";

/** What some settings were under each choice of a select that stands for all of them, so that choosing again brings it back. */
export class ChoiceMemory {
  readonly #paths: readonly string[];
  readonly #values = new Map<string, readonly unknown[]>();

  constructor(paths: readonly string[]) {
    this.#paths = paths;
  }

  /** Another choice is about to be made. */
  leave(settings: Settings, choice: string): void {
    const values = this.#paths.map((path) => valueAt(settings, path));
    this.#values.set(choice, values);
  }

  /** The settings as they were under this choice, if it was ever left. */
  enter(settings: Settings, choice: string): Settings {
    const values = this.#values.get(choice);
    if (!values) return settings;
    return this.#paths.reduce(
      (changed, path, index) => withValueAt(changed, path, values[index]),
      settings,
    );
  }
}
