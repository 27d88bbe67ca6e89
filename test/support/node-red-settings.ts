// Settings of a Node-RED that a test has started as a child process: besides configuring it, they report to the test what
// happens inside, over the IPC channel. The child may be any version, so its own modules are asked, not the test's.
import { observeSent } from "../../scripts/sent-messages";
import type { ChildReport, Probe } from "./node-red";

interface NodeRedUtil {
  readonly events: {
    on(event: string, listener: (detail: unknown) => void): void;
    eventNames(): (string | symbol)[];
    listenerCount(event: string | symbol): number;
  };
  readonly hooks: Parameters<typeof observeSent>[0];
}

const { events, hooks } = require.main!.require(
  "@node-red/util",
) as NodeRedUtil;

function report(what: ChildReport): void {
  process.send!(what);
}

/** Buffers become base64, and what JSON cannot hold is left out. */
function plain(msg: object): Record<string, unknown> {
  return JSON.parse(
    JSON.stringify(
      msg,
      function (this: Record<string, unknown>, key, value: unknown) {
        // Buffer.toJSON has already been called on `value`; a list of numbers is slow to send.
        const original = this[key];
        return Buffer.isBuffer(original)
          ? { base64: original.toString("base64") }
          : key === "req" || key === "res"
            ? undefined
            : value;
      },
    ),
  ) as Record<string, unknown>;
}

/** The part of Express that knows routes. */
interface Router {
  readonly stack: readonly {
    readonly route?: {
      readonly path: string;
      readonly methods: Readonly<Record<string, boolean>>;
    };
  }[];
}

/** Where it lies depends on the version of Express; the fourth throws when it is asked for `router`. */
type App = { readonly _router?: Router } | { readonly router: Router };

/** What nodes have registered on `RED.httpAdmin`, as `GET /path`. */
function adminRoutes(): readonly string[] {
  const { httpAdmin } = require.main!.require("@node-red/runtime") as {
    readonly httpAdmin: App;
  };
  const isFourth = "lazyrouter" in httpAdmin;
  const router =
    isFourth || !("router" in httpAdmin)
      ? (httpAdmin as { readonly _router?: Router })._router
      : httpAdmin.router;
  return (router?.stack ?? []).flatMap(({ route }) =>
    Object.keys(route?.methods ?? {}).map(
      (method) => `${method.toUpperCase()} ${route?.path}`,
    ),
  );
}

observeSent(hooks, (sent) =>
  report({ kind: "sent", sent: { ...sent, msg: plain(sent.msg) } }),
);
events.on("node-status", (detail) =>
  report({
    kind: "status",
    ...(detail as { id: string; status?: { text?: string } }),
  }),
);
events.on("flows:started", () =>
  report({ kind: "started", routes: adminRoutes() }),
);

process.on("message", (message) => {
  if (message === "probe") report({ kind: "probe", ...held() });
});

/** What the process holds: open resources by kind, and who listens to Node-RED's events. */
function held(): Probe {
  const resources: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo())
    resources[kind] = (resources[kind] ?? 0) + 1;
  const listeners = Object.fromEntries(
    events
      .eventNames()
      .map((name) => [String(name), events.listenerCount(name)]),
  );
  return { resources, listeners };
}

// A test run that dies must not leave its Node-RED behind.
process.on("disconnect", () => process.exit());

/** Users by their token, which is their permissions. */
const adminAuth = {
  type: "credentials",
  users: [],
  tokens: (token: string) =>
    Promise.resolve({ username: "tester", permissions: token.split(",") }),
};

const isVerbose = process.env["VOICE_LIVE_LOG_LEVEL"] === "trace";

const settings = {
  uiHost: "127.0.0.1",
  // Any free one; the same again for who has to find it after a restart.
  uiPort: Number(process.env["VOICE_LIVE_UI_PORT"] ?? 0),
  flowFile: "flows.json",
  // Without one Node-RED keeps credentials as they are.
  credentialSecret: process.env["VOICE_LIVE_CREDENTIAL_SECRET"] ?? false,
  ...(process.env["VOICE_LIVE_ADMIN_AUTH"] && { adminAuth }),
  lang: "en-US",
  contextStorage: {
    default: { module: "memory" },
    disk: { module: "localfilesystem" },
    // Writes at once instead of every 30 s: what is in it survives a power cut.
    written: {
      module: "localfilesystem",
      config: { base: "written", cache: false },
    },
  },
  telemetry: { enabled: false, updateNotification: false },
  editorTheme: { tours: false },
  logging: {
    console: {
      level: process.env["VOICE_LIVE_LOG_LEVEL"] ?? "info",
      metrics: isVerbose,
      audit: isVerbose,
    },
  },
};

export = settings;
