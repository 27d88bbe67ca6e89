/** A device hears what is said to it within milliseconds, or a reply later; whoever waits longer waits in vain. */
const WAIT_LIMIT_MS = 18_000;

/** Lets a test wait until something has come. */
export class WaitingRoom {
  readonly #checks = new Set<() => void>();

  /**
   * Resolves as soon as `holds` holds; asked again at each `wake`.
   * @param what - "a reply": completes "Waited … for" in the error
   */
  until(what: string, holds: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const check = (): void => {
        if (!holds()) return;
        clearTimeout(timer);
        this.#checks.delete(check);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#checks.delete(check);
        reject(new Error(`Waited ${WAIT_LIMIT_MS / 1000} s for ${what}`));
      }, WAIT_LIMIT_MS);
      this.#checks.add(check);
      check();
    });
  }

  wake(): void {
    for (const check of this.#checks) check();
  }
}
