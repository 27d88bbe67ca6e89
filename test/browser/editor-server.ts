import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import path from "node:path";

const READY = /Server now running at (http:\S+)/;
const START_LIMIT_MS = 30_000;

/** A real Node-RED in a process of its own, with this package installed and nothing in it yet. */
export interface EditorServer {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * @param packageRoot - folder of the package to install, built
 * @param flows - flow file to begin with
 */
export async function startEditorServer(
  packageRoot: string,
  flows: readonly object[],
): Promise<EditorServer> {
  const userDir = await mkdtemp(path.join(tmpdir(), "voice-live-editor-"));
  await install(packageRoot, userDir);
  await writeFile(path.join(userDir, "flows.json"), JSON.stringify(flows));
  await writeFile(
    path.join(userDir, "settings.js"),
    `module.exports = ${JSON.stringify(SETTINGS)};\n`,
  );
  const child = fork(
    require.resolve("node-red/red.js"),
    ["--userDir", userDir, "--port", "0"],
    { silent: true },
  );
  try {
    return { url: await addressOf(child), stop: () => stop(child, userDir) };
  } catch (error) {
    await stop(child, userDir);
    throw error;
  }
}

// Port 0 lets the system choose one, so that suites can run side by side.
const SETTINGS = {
  uiHost: "127.0.0.1",
  uiPort: 0,
  flowFile: "flows.json",
  credentialSecret: "test",
  telemetry: { enabled: false, updateNotification: false },
  externalModules: { autoInstall: false, palette: { allowInstall: false } },
  editorTheme: { tours: false, projects: { enabled: false } },
};

async function install(packageRoot: string, userDir: string): Promise<void> {
  const scope = path.join(userDir, "node_modules", "@voicewire");
  await mkdir(scope, { recursive: true });
  await symlink(packageRoot, path.join(scope, "node-red-voice-live"), "dir");
  const manifest = { dependencies: { "@voicewire/node-red-voice-live": "*" } };
  await writeFile(path.join(userDir, "package.json"), JSON.stringify(manifest));
}

function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = "";
    const fail = (reason: string): void =>
      reject(new Error(`Node-RED ${reason}\n${output}`));
    const timer = setTimeout(
      () => fail("did not start in time"),
      START_LIMIT_MS,
    );
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const url = READY.exec(output)?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    child.once("exit", (code) => {
      clearTimeout(timer);
      fail(`ended with ${code}`);
    });
  });
}

async function stop(child: ChildProcess, userDir: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill();
    await once(child, "exit");
  }
  await rm(userDir, { recursive: true, force: true });
}
