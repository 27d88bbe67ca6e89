import { existsSync } from "node:fs";
import { chromium, type Browser } from "playwright-core";

const CANDIDATES = [
  process.env.CHROMIUM_PATH,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];

// The browser only ever talks to this machine; the rest keeps it from calling home and from wanting a sandbox or a GPU.
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The Chromium of this machine, or `undefined` when there is none. */
export function findChromium(): string | undefined {
  return CANDIDATES.find(
    (path) => path !== undefined && path !== "" && existsSync(path),
  );
}

/**
 * Starts the system's Chromium, or skips the tests of this suite and says why.
 * @param more - further arguments of the command line
 */
export async function launchChromium(
  context: Pick<Mocha.Context, "skip">,
  more: readonly string[] = [],
): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) {
    console.log(
      "      no Chromium found: install one or set CHROMIUM_PATH to run the browser tests",
    );
    return context.skip();
  }
  return startChromium(executablePath, more);
}

/** @param executablePath - a Chromium, as `findChromium` gives it */
export function startChromium(
  executablePath: string,
  more: readonly string[] = [],
): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [...ARGUMENTS, ...more],
  });
}
