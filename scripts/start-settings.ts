// Node-RED settings of `npm start`. Loaded inside Node-RED's process, so it can also tell the conversation on the console.
import { readFileSync } from "node:fs";
import path from "node:path";
import RED from "node-red";
import { credentialSecretFile, demoUserDir, replyFile } from "./demo-user-dir";
import { observeSent } from "./sent-messages";
import { describeTurn, followTurns } from "./turns";

const uiPort = Number(process.env["PORT"] || 1880);

observeSent(
  RED.hooks,
  followTurns((turn) => console.log(`[voice] ${describeTurn(turn)}`)),
);
RED.events.once("flows:started", () => {
  console.log(`\nTalk     http://127.0.0.1:${uiPort}/talk/`);
  console.log(`Editor   http://127.0.0.1:${uiPort}/`);
  console.log(
    `Replies  ${path.relative(process.cwd(), replyFile(demoUserDir))}`,
  );
  console.log(
    "The demo asks its question once by itself; press its button to ask again. Ctrl-C ends.\n",
  );
});

const settings = {
  uiPort,
  uiHost: "127.0.0.1",
  userDir: demoUserDir,
  credentialSecret: readFileSync(credentialSecretFile(demoUserDir), "utf8"),
  flowFile: "flows.json",
  flowFilePretty: true,
  telemetry: { enabled: false, updateNotification: false },
  editorTheme: { tours: false, projects: { enabled: false } },
  logging: { console: { level: "info", metrics: false, audit: false } },
};

export = settings;
