// npm run test:compat: the compiled tests once more, under Node.js 22 and 24, on Node-RED 5. Both live in compat/, a private
// package with its own lock: in the package's own node_modules a `node` binary would take over PATH in every script.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const compat = path.join(root, "compat");
const runtimes = ["node-22", "node-24"];

// Install and scorecard tests start the very same processes whatever runs mocha, so a second run of them would prove nothing.
// The fault suites are about the client and the network, the sound card's programs play in real time and know nothing of
// Node-RED: once is enough, and two sound servers side by side would starve each other.
const ignored = [
  "dist/test/flows/install.test.js",
  "dist/test/flows/scorecard.test.js",
  "dist/test/flows/sound-card.test.js",
  "dist/test/soundcard/sound-card.test.js",
  "dist/test/faults/suites/**",
];
// The talk page is no part of the editor, and its conversations are held on both Node-REDs by their own test; what a dialog writes
// into the flow file is asked of Node-RED 4 alone.
const nobodys = browser("editor", "screenshots", "talk-*");
// An editor looks the same whatever Node.js serves it, and an example is the same flow: what takes long is shown on Node-RED 5 once,
// half of it by each run.
const once = {
  "node-22": [
    ...browser(
      "dialogs",
      "function-dialog",
      "keyboard",
      "sessions-panel",
      "tour",
      "trials",
    ),
    ...flows("recipes-telephone", "recipes-udp", "examples"),
  ],
  "node-24": [
    ...browser("languages", "session-dialog", "variables"),
    ...flows("recipes-mqtt", "room", "turn-mix"),
    "dist/test/scripts/demo.test.js",
  ],
};
const ignoredBy = (runtime) => [
  ...ignored,
  ...nobodys,
  ...runtimes
    .filter((other) => other !== runtime)
    .flatMap((other) => once[other]),
];

function browser(...names) {
  return names.map((name) => `dist/test/browser/${name}.test.js`);
}

function flows(...names) {
  return names.map((name) => `dist/test/flows/${name}.test.js`);
}

// A run takes several minutes; a test that leaves a timer behind would otherwise hold the terminal for good.
const runLimitMs = 15 * 60_000;

const binary = (runtime) =>
  path.join(compat, "node_modules", runtime, "bin", "node");

function isInstalled() {
  const marker = path.join(compat, "node_modules", ".package-lock.json");
  if (
    !existsSync(marker) ||
    !runtimes.every((runtime) => existsSync(binary(runtime)))
  )
    return false;
  return (
    statSync(marker).mtimeMs >=
    statSync(path.join(compat, "package-lock.json")).mtimeMs
  );
}

function install() {
  console.log(
    "Installing Node.js 22, Node.js 24 and Node-RED 5 into compat/ (once)",
  );
  // `error` hides one expected warning: Node-RED 5 does not support the Node.js that runs npm here, and never runs on it.
  const { status } = spawnSync("npm", ["ci", "--loglevel=error"], {
    cwd: compat,
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  if (status !== 0) throw new Error("npm ci in compat/ failed, see above");
}

function describeRuntime(runtime) {
  const version = spawnSync(binary(runtime), ["--version"], {
    encoding: "utf8",
  }).stdout.trim();
  const nodeRed = JSON.parse(
    readFileSync(
      path.join(compat, "node_modules", "node-red", "package.json"),
      "utf8",
    ),
  );
  return `Node.js ${version}, Node-RED ${nodeRed.version}`;
}

/** Runs the tests, prints what mocha printed in one piece, and resolves to mocha's own counts. */
function runTests(runtime) {
  const mocha = path.join(root, "node_modules", "mocha", "bin", "mocha.js");
  const args = [
    "--require",
    path.join(compat, "node-red-5.cjs"),
    mocha,
    ...ignoredBy(runtime).flatMap((glob) => ["--ignore", glob]),
    "dist/test/**/*.test.js",
  ];
  const child = spawn(binary(runtime), [...args, ...process.argv.slice(2)], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: runLimitMs,
    killSignal: "SIGKILL",
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text) => (output += text));
  return new Promise((resolve) =>
    child.on("close", (code) => {
      console.log(`\n${describeRuntime(runtime)}\n${output}`);
      resolve(readCounts(output, code));
    }),
  );
}

/** A run that ended without counts is one failure. */
function readCounts(output, code) {
  const count = (word) =>
    Number(new RegExp(`^\\s+(\\d+) ${word}\\b`, "m").exec(output)?.[1] ?? 0);
  const passed = count("passing");
  const failed = count("failing");
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed };
}

if (!isInstalled()) install();
// Side by side: most tests wait for speech in real time, so two runs take hardly longer than one.
const counts = await Promise.all(runtimes.map(runTests));
const sum = (word) => counts.reduce((total, each) => total + each[word], 0);
const total = { passed: sum("passed"), failed: sum("failed") };
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
