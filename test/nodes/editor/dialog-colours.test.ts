import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";

const ROOT = path.resolve(__dirname, "../../../..");
const DIALOG = read("nodes/editor/dialog.css");
/** What themes leave as it is; many dark ones leave the colours of errors. */
const EDITOR = read(
  "node_modules/@node-red/editor-client/public/red/style.min.css",
);

describe("Dialog colours", () => {
  for (const rule of ["voice-live-problem", "voice-live-wrong"]) {
    for (const [ground, hex] of [
      ["white", "ffffff"],
      ["black", "000000"],
    ] as const) {
      it(`${rule} is readable on ${ground}`, () => {
        const colour = colourOf(rule);
        const ratio = contrast(luminance(colour), luminance(hex));
        // WCAG 2.2, 1.4.3
        assert.ok(ratio >= 4.5, `#${colour}: ${ratio.toFixed(2)} to 1`);
      });
    }
  }
});

function read(file: string): string {
  return readFileSync(path.join(ROOT, file), "utf8");
}

/** @returns six hex digits */
function colourOf(rule: string): string {
  const [, variable = ""] =
    new RegExp(`\\.${rule} \\{[^}]*?\\bcolor: var\\((--[\\w-]+)\\)`).exec(
      DIALOG,
    ) ?? [];
  const [, hex] =
    new RegExp(`${variable}: ?#([\\da-f]{6})\\b`, "i").exec(EDITOR) ?? [];
  assert.ok(variable && hex, `the colour of ${rule} is not known`);
  return hex;
}

/** Relative luminance as WCAG defines it. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [...Buffer.from(hex, "hex")].map(
    (byte) => {
      const share = byte / 255;
      return share <= 0.04045
        ? share / 12.92
        : ((share + 0.055) / 1.055) ** 2.4;
    },
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: number, other: number): number {
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}
