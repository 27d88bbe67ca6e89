import { connect, type AddressInfo } from "node:net";
import {
  createServer,
  type Server,
  type TLSSocket,
  type TlsOptions,
} from "node:tls";

/** TLS in front of a plain server on loopback: decrypts and passes on. */
export class TlsFront {
  /** One for each client whose handshake went through. */
  readonly clients: TLSSocket[] = [];
  readonly #server: Server;

  /** @param port - of the plain server */
  constructor(port: number, options: TlsOptions) {
    this.#server = createServer(options, (client) => {
      this.clients.push(client);
      const onward = connect(port, "127.0.0.1");
      client.pipe(onward).pipe(client);
      for (const [one, other] of [
        [client, onward],
        [onward, client],
      ] as const) {
        // A client that hangs up is part of many tests.
        one.on("error", () => undefined);
        one.on("close", () => other.destroy());
      }
    });
    // The client says what it thinks of the certificate; the test asks the client.
    this.#server.on("tlsClientError", () => undefined);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) =>
      this.#server.listen(0, "127.0.0.1", resolve),
    );
    return this;
  }

  async close(): Promise<void> {
    for (const client of this.clients) client.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
