import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import {
  PageServer,
  type PageListeners,
  type PageServerOptions,
  type TalkPage,
} from "../../lib/talk/page-server";
import { trustProxies } from "../../lib/talk/visitor";
import { TestPage } from "./page";

/** A page server on a port of its own, and what its listeners heard. */
export class PageHost {
  readonly server: PageServer;
  readonly opened: { readonly page: TalkPage; readonly isBack: boolean }[] = [];
  readonly gone: string[] = [];
  readonly refusals: string[] = [];
  readonly faults: unknown[] = [];
  readonly #http: Server;
  readonly #pages: TestPage[] = [];

  static async start(
    options: Partial<PageServerOptions> = {},
    listeners: Partial<PageListeners> = {},
  ): Promise<PageHost> {
    const host = new PageHost(options, listeners);
    host.#http.listen(0, "127.0.0.1");
    await once(host.#http, "listening");
    return host;
  }

  private constructor(
    options: Partial<PageServerOptions>,
    listeners: Partial<PageListeners>,
  ) {
    const nothing = (): void => {};
    this.server = new PageServer(
      {
        title: "Test",
        access: { kind: "loopback" },
        key: Buffer.from("of the test"),
        origins: new Set(),
        maxPages: 5,
        maxPagesPerAddress: 5,
        isTrustedProxy: trustProxies([]),
        ...options,
      },
      {
        opened: (page, isBack) => this.opened.push({ page, isBack }),
        left: nothing,
        closed: ({ id }) => this.gone.push(id),
        audio: nothing,
        audioEnd: nothing,
        text: nothing,
        interrupt: nothing,
        played: nothing,
        changed: nothing,
        refused: (line) => this.refusals.push(line),
        fault: (thrown) => this.faults.push(thrown),
        ...listeners,
      },
    );
    this.#http = createServer().on("upgrade", (request, socket, head) =>
      this.server.handleUpgrade(request, socket, head),
    );
  }

  /** @param address - by which a proxy on this machine says that it came */
  page(address?: string): TestPage {
    const { port } = this.#http.address() as AddressInfo;
    const page = new TestPage(`ws://127.0.0.1:${port}/talk/socket`, {
      ...(address && { headers: { "X-Forwarded-For": address } }),
    });
    this.#pages.push(page);
    return page;
  }

  async close(): Promise<void> {
    this.server.close();
    for (const page of this.#pages) page.socket.terminate();
    this.#http.close();
    await once(this.#http, "close");
  }
}
