import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";

const root = path.resolve(__dirname, "../..");

/** A Node-RED user directory for one run, with the package installed in it or not. */
export function createUserDir(isInstalled: boolean): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), "voice-live-bench-"));
  const dependencies: Record<string, string> = {};
  if (isInstalled) {
    const scope = path.join(folder, "node_modules", "@voicewire");
    mkdirSync(scope, { recursive: true });
    symlinkSync(root, path.join(scope, "node-red-voice-live"));
    dependencies["@voicewire/node-red-voice-live"] = `file:${root}`;
  }
  writeFileSync(
    path.join(folder, "package.json"),
    JSON.stringify({ name: "bench", version: "1.0.0", dependencies }),
  );
  return folder;
}

/** What both benches that start Node-RED say to it. */
export const SETTINGS = {
  flowFile: "flows.json",
  credentialSecret: false,
  httpAdminRoot: "/",
  httpNodeRoot: "/",
  logging: { console: { level: "off", metrics: false, audit: false } },
  editorTheme: { tours: false },
  telemetry: { enabled: false },
} as const;
