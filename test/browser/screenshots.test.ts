import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { DIALOG_WIDTH } from "../../scripts/screenshots/scene";
import { SCENES } from "../../scripts/screenshots/scenes";
import { openStudio, type Studio } from "../../scripts/screenshots/studio";
import { findChromium } from "./browser";

const PNG = "89504e470d0a1a0a";
/** Starting Node-RED and a browser. */
const LIMIT_MS = 120_000;

describe("screenshots", function () {
  this.timeout(LIMIT_MS);
  let studio: Studio | undefined;
  let folder: string;

  before(async function () {
    folder = await mkdtemp(path.join(tmpdir(), "voice-live-pictures-"));
    if (findChromium() === undefined) this.skip();
    studio = await openStudio();
  });

  after(async () => {
    await studio?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("have names of their own", () => {
    assert.equal(new Set(SCENES.map(({ name }) => name)).size, SCENES.length);
  });

  it("show the demo flow in the size that is stated, light and dark", async () => {
    const { size, light, dark } = await take("first-conversation");
    assert.deepEqual(sizeOf(light), size);
    assert.deepEqual(sizeOf(dark), size);
    assert.notDeepEqual(light, dark);
  });

  it("show a dialog whole, in the width that dialogs have", async () => {
    const { size, light } = await take("session-listening");
    const { width, height } = sizeOf(light);
    assert.ok(Math.abs(width - DIALOG_WIDTH) <= 10, `${width} pixels wide`);
    assert.ok(height > size.height, `${height} pixels high`);
  });

  async function take(name: string) {
    const scene = SCENES.find((each) => each.name === name);
    assert.ok(scene && studio);
    const files = await studio.take(scene, folder);
    return {
      size: scene.size,
      light: await readFile(files.light),
      dark: await readFile(files.dark),
    };
  }
});

/** Width and height as the header of a PNG file says. */
function sizeOf(picture: Buffer): { width: number; height: number } {
  assert.equal(picture.subarray(0, 8).toString("hex"), PNG);
  return { width: picture.readUInt32BE(16), height: picture.readUInt32BE(20) };
}
