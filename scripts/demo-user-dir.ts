import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { demoName, readExample, talkName, withReplyFile } from "./flow-file";
import { linkPackage, packageRoot } from "./user-dir";

/** Node-RED user directory of `npm start`. */
export const demoUserDir = path.join(packageRoot, ".node-red");

/** What Node-RED encrypts credentials with that are typed in the editor. */
export function credentialSecretFile(userDir: string): string {
  return path.join(userDir, "credential-secret");
}

/** Where the demo flow writes what was spoken. */
export function replyFile(userDir: string): string {
  return path.join(userDir, "reply.wav");
}

/**
 * Makes a user directory with the package, the demo flow and the talk page in it, or repairs one.
 * @param reset - load the flow afresh where there is one; without it the user's edits stay
 */
export function prepareDemoUserDir(userDir: string, reset: boolean): void {
  mkdirSync(userDir, { recursive: true });
  linkPackage(userDir);
  // A secret of its own spares the user Node-RED's warning about a generated one, and stays when the flow is loaded afresh.
  const secretFile = credentialSecretFile(userDir);
  if (!existsSync(secretFile))
    writeFileSync(secretFile, randomBytes(32).toString("hex"), { mode: 0o600 });
  const flowFile = path.join(userDir, "flows.json");
  if (existsSync(flowFile) && !reset) return;
  const flow = [
    ...withReplyFile(readExample(demoName), replyFile(userDir)),
    ...readExample(talkName),
  ];
  writeFileSync(flowFile, `${JSON.stringify(flow, null, 4)}\n`);
}
