// npm run screenshots: pictures of the editor on the simulator, of every dialog, in the light and the dark theme.
import { copyFile, mkdir } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { asUsageError, reportFailure, UsageError } from "./command-error";
import type { PageScene, Scene } from "./screenshots/scene";
import { SCENES } from "./screenshots/scenes";
import { openStudio } from "./screenshots/studio";
import { packageRoot } from "./user-dir";

const usage = `Usage: npm run screenshots [-- SCENE…] [-- --language LANGUAGE]

Starts Node-RED on the built-in simulator and writes pictures of it into screenshots/, in the light and the dark theme. Those that
README and docs show are written into docs/screenshots/ as well.

  SCENE                only these, by name
  --language LANGUAGE  of the editor's texts, such as de; nothing is written into docs/
  --list               names of the scenes
  --help               show this text`;

const PICTURES = path.join(packageRoot, "screenshots");
const DOCS = path.join(packageRoot, "docs", "screenshots");

async function main(): Promise<void> {
  const { names, language, list, help } = readArguments();
  if (help) return console.log(usage);
  if (list) return console.log(SCENES.map(({ name }) => name).join("\n"));
  const scenes = scenesNamed(names);
  const studio = await openStudio(language);
  try {
    for (const scene of scenes) {
      const { light, dark } = await studio.take(scene, PICTURES);
      if (scene.isInDocs && !language) await copyToDocs(light, scene);
      for (const file of [light, dark])
        console.log(path.relative(process.cwd(), file));
    }
  } finally {
    await studio.close();
  }
}

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      options: {
        language: { type: "string" },
        list: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
      allowPositionals: true,
    });
    return { ...values, names: positionals };
  } catch (error) {
    throw asUsageError(error, "npm run screenshots -- --help");
  }
}

function scenesNamed(names: readonly string[]): readonly (Scene | PageScene)[] {
  if (names.length === 0) return SCENES;
  return names.map((name) => {
    const scene = SCENES.find((each) => each.name === name);
    if (scene) return scene;
    throw new UsageError(
      `No scene "${name}": npm run screenshots -- --list tells all`,
    );
  });
}

async function copyToDocs(
  file: string,
  { name }: Scene | PageScene,
): Promise<void> {
  await mkdir(DOCS, { recursive: true });
  await copyFile(file, path.join(DOCS, `${name}.png`));
}

main().catch(reportFailure);
