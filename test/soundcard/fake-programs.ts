import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** Shell scripts in place of the machine's sound programs. */
export class FakePrograms {
  readonly #folders: string[] = [];
  readonly #path = process.env["PATH"];

  /**
   * Until `remove`, these are the only programs there are.
   * @returns their folder; a script finds itself there as `$0`
   */
  install(scripts: Readonly<Record<string, string>>): string {
    const folder = mkdtempSync(path.join(tmpdir(), "voice-live-programs-"));
    this.#folders.push(folder);
    for (const [name, script] of Object.entries(scripts)) {
      const file = path.join(folder, name);
      writeFileSync(file, `#!/bin/sh\nPATH=${this.#path}\n${script}\n`);
      chmodSync(file, 0o755);
    }
    process.env["PATH"] = folder;
    return folder;
  }

  remove(): void {
    process.env["PATH"] = this.#path;
    for (const folder of this.#folders.splice(0))
      rmSync(folder, { recursive: true, force: true });
  }
}
