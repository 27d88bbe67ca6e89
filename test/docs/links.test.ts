import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import path from "node:path";
import { packageRoot } from "../../scripts/user-dir";
import { headingsIn, PAGES, proseOf, readPage, type Page } from "./pages";

const LINK = /\]\(([^)\s]+)\)/g;

describe("links in the docs", () => {
  for (const page of PAGES)
    it(`lead somewhere: ${page.file}`, () => {
      assert.deepEqual(
        localLinksOf(page).filter((link) => !isThere(page, link)),
        [],
      );
    });

  it("lead from the README to every page of docs/", () => {
    const linked = new Set<string>();
    visit(readPage("README.md"), linked);
    assert.deepEqual(
      PAGES.map(({ file }) => file).filter((file) => !linked.has(file)),
      [],
    );
  });
});

function localLinksOf(page: Page): string[] {
  return [...proseOf(page).matchAll(LINK)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
}

function isThere(page: Page, link: string): boolean {
  const [target = "", anchor] = link.split("#");
  const file = target === "" ? page.file : resolve(page, target);
  if (!existsSync(path.join(packageRoot, file))) return false;
  return (
    anchor === undefined ||
    headingsIn(proseOf(readPage(file))).some(
      (title) => anchorOf(title) === anchor,
    )
  );
}

function resolve({ file }: Page, target: string): string {
  return path.join(path.dirname(file), target);
}

/** As GitHub makes them. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_ -]/gu, "")
    .replaceAll(" ", "-");
}

function visit(page: Page, seen: Set<string>): void {
  if (seen.has(page.file)) return;
  seen.add(page.file);
  for (const link of localLinksOf(page)) {
    const file = resolve(page, link.split("#")[0] ?? "");
    if (file.endsWith(".md")) visit(readPage(file), seen);
  }
}
