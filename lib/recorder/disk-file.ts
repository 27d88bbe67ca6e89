import { open, type FileHandle } from "node:fs/promises";

/** A new file that only its owner may read. One operation at a time. */
export class DiskFile {
  readonly #handle: FileHandle;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /**
   * @param path - nothing may be there yet
   * @param head - what it begins with
   */
  static async create(path: string, head: Buffer): Promise<DiskFile> {
    const file = new DiskFile(await open(path, "wx", 0o600));
    try {
      await file.write(head, 0);
      return file;
    } catch (thrown) {
      await file.close();
      throw thrown;
    }
  }

  /** A disk that is nearly full takes a part, and says so only when it is asked for the rest. */
  async write(bytes: Buffer, at: number): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      const left = bytes.length - done;
      const { bytesWritten } = await this.#handle.write(
        bytes,
        done,
        left,
        at + done,
      );
      done += bytesWritten;
    }
  }

  /** What is written survives a power cut. */
  sync(): Promise<void> {
    return this.#handle.datasync();
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}
