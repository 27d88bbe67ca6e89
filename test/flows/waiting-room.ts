/** Lets a device's tests wait until something has come. */
export class WaitingRoom {
  #waiting: (() => void)[] = [];

  /** Resolves as soon as `holds` holds; asked again at each `wake`. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds())
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
