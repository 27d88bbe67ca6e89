import { connect } from "node:net";

/**
 * Sends bytes as they are, which no HTTP client would, and reads until the other side has had its say.
 * @returns what came, as latin1
 */
export function sendRaw(
  port: number,
  bytes: string | Buffer,
  isEnough: (received: string) => boolean = (received) =>
    received.includes("\r\n\r\n"),
): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    const timer = setTimeout(
      () => socket.destroy(new Error(`Waited in vain; came: ${received}`)),
      LIMIT_MS,
    );
    socket.on("data", (data) => {
      received += data.toString("latin1");
      if (isEnough(received)) socket.destroy();
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      // Whoever is refused may find the door shut while still writing.
      if (error.code === "EPIPE" || error.code === "ECONNRESET") return;
      clearTimeout(timer);
      reject(error);
    });
    socket.on("close", () => {
      clearTimeout(timer);
      resolve(received);
    });
  });
}

/** A request line and headers, as given. */
export function rawRequest(line: string, headers: readonly string[]): string {
  return [`${line} HTTP/1.1`, ...headers, "", ""].join("\r\n");
}

const LIMIT_MS = 8_000;
