import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { LANGUAGES } from "../../page/model/language";
import { MICROPHONE_FAULTS } from "../../page/model/microphone-fault";

/** All of it together, as a server would send it. */
const MOST_BYTES = 60 * 1024;

const root = rootOf(__dirname);
const built = path.join(root, "dist", "page");
const types = JSON.parse(read("dist/page/files.json")) as Record<
  string,
  string
>;

/** Compiled tests lie one folder deeper than their sources. */
function rootOf(folder: string): string {
  return existsSync(path.join(folder, "package.json"))
    ? folder
    : rootOf(path.dirname(folder));
}

function read(file: string): string {
  return readFileSync(path.join(root, file), "utf8");
}

function texts(language: string): Readonly<Record<string, string>> {
  return JSON.parse(read(`page/strings/${language}.json`)) as Record<
    string,
    string
  >;
}

/** Source files of the page with an ending. */
function sources(ending: string): readonly string[] {
  return readdirSync(path.join(root, "page"), { recursive: true })
    .map(String)
    .filter((file) => file.endsWith(ending))
    .map((file) => read(path.join("page", file)));
}

describe("Built talk page", () => {
  it("is small, in all languages together", () => {
    const bytes = Object.keys(types)
      .map((file) => gzipSync(readFileSync(path.join(built, file))).length)
      .reduce((sum, length) => sum + length, 0);
    assert.ok(bytes <= MOST_BYTES, `${bytes} bytes`);
  });

  it("lists every file with its type", () => {
    for (const [file, type] of Object.entries(types)) {
      assert.ok(existsSync(path.join(built, file)), file);
      assert.match(type, /^[a-z]+\/[a-z+]+(; charset=utf-8)?$/, file);
    }
    for (const language of LANGUAGES)
      assert.ok(types[`strings/${language}.json`], language);
  });

  it("asks no other host for anything and has no inline script or style", () => {
    for (const file of Object.keys(types)) {
      const text = read(`dist/page/${file}`).replaceAll(
        "http://www.w3.org/2000/svg",
        "",
      );
      assert.doesNotMatch(text, /https?:\/\/|wss?:\/\/\w/, file);
    }
    const html = read("dist/page/index.html");
    assert.doesNotMatch(
      html,
      /<script(?![^>]*\ssrc=)|<style|\s(style|on\w+)=/i,
    );
  });

  it("sets text as text only", () => {
    for (const code of sources(".ts"))
      assert.doesNotMatch(
        code,
        /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\b|new Function/,
      );
  });

  for (const language of LANGUAGES)
    it(`has the same texts in ${language} as in English, with their places to fill`, () => {
      const english = texts("en-US");
      const found = texts(language);
      assert.deepEqual(Object.keys(found), Object.keys(english));
      const places = (text = ""): readonly string[] =>
        text.match(/\{\w+\}/g) ?? [];
      for (const [key, text] of Object.entries(english)) {
        assert.ok(found[key]?.trim(), key);
        assert.deepEqual(places(found[key]), places(text), key);
      }
    });

  it("uses every text, and has every text that it uses", () => {
    const all = [...sources(".ts"), ...sources(".html")].join("\n");
    const known = Object.keys(texts("en-US"));
    const isUsed = (key: string): boolean =>
      all.includes(`"${key}"`) ||
      new RegExp(`\`${key.split(".")[0]}\\.\\$\\{`).test(all);
    assert.deepEqual(
      known.filter((key) => !isUsed(key)),
      [],
    );
    const used = [
      ...all.matchAll(/data-(?:text|label|title|placeholder)="([^"]+)"/g),
    ].map((match) => match[1] ?? "");
    assert.deepEqual(
      [
        ...used,
        ...MICROPHONE_FAULTS.map((fault) => `microphone.${fault}`),
      ].filter((key) => !known.includes(key)),
      [],
    );
  });
});
