import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";
import { narrow, NODE_FORM, overflowing, wordsOf } from "./dialog-form";
import {
  addNode,
  closeDialog,
  dismissWarning,
  edit,
  exported,
  give,
  jsonText,
  openEditor,
  openNode,
  typeJson,
  UNTRANSLATED,
  type OpenEditor,
} from "./editor-page";

const TAB = { id: "tab1", type: "tab", label: "Flow" };
const RESOURCE = {
  id: "resource1",
  type: "voice-live-resource",
  name: "",
  service: "simulator",
};
const NESTED = {
  type: "object",
  properties: { place: { type: "object", properties: {} } },
};
const FLAT = {
  type: "object",
  properties: {
    city: { type: "string", description: "Where", minLength: 2 },
    unit: { type: "string", enum: ["C", "F"] },
  },
  required: ["city"],
};

describe("function dialog in a browser", function () {
  this.timeout(60_000);
  let editor: OpenEditor | undefined;
  let page: Page;
  let id: string;

  before(async function () {
    editor = await openEditor(this, [TAB, RESOURCE], RESOURCE.id);
    ({ page } = editor);
  });

  after(() => editor?.close());

  beforeEach(async () => {
    id = await addNode(page, "voice-live-function");
  });

  afterEach(function () {
    return editor?.settle(this);
  });

  async function open(parameters: object): Promise<void> {
    await give(page, id, { parameters, functionName: "get_weather" });
    await openNode(page, id);
  }
  async function save(): Promise<unknown> {
    await closeDialog(page, "#node-dialog-ok");
    return (await exported(page, id))["parameters"];
  }
  const show = (view: string): Promise<void> =>
    page.locator(`[data-view="${view}"]`).click();
  const boxes = (): Locator =>
    page.locator(".voice-live-parameters > .voice-live-box");
  const nameOf = (index: number): Locator =>
    boxes().nth(index).locator(".voice-live-parameterName");

  it("leaves the schema as it is when nothing is touched", async () => {
    await open(FLAT);
    assert.equal(await nameOf(0).inputValue(), "city");
    for (const view of ["json", "example", "table"]) await show(view);
    assert.deepEqual(await save(), FLAT);
  });

  it("writes the schema as the table is filled, and the table as the schema is", async () => {
    await open(FLAT);
    await page.locator(".voice-live-parameters-add").click();
    const row = boxes().nth(2);
    await nameOf(2).fill("days");
    await row.locator("select").selectOption("integer");
    await row.locator(".voice-live-parameterAllowed").fill("1, 7");
    await row.locator('input[type="checkbox"]').setChecked(true);
    const written = JSON.parse(await jsonText(page, '"days"')) as typeof FLAT;
    assert.deepEqual(written, {
      ...FLAT,
      properties: {
        ...FLAT.properties,
        days: { type: "integer", enum: [1, 7] },
      },
      required: ["city", "days"],
    });
    await show("json");
    const { city, ...rest } = written.properties;
    const changed = {
      ...written,
      properties: { ...rest, town: city },
      required: [],
    };
    await typeJson(page, '"days"', JSON.stringify(changed));
    await show("table");
    assert.equal(await boxes().count(), 3);
    assert.equal(await nameOf(2).inputValue(), "town");
    await boxes().nth(0).locator(".voice-live-remove").click();
    const { unit, ...kept } = changed.properties;
    assert.ok(unit);
    assert.deepEqual(await save(), { ...changed, properties: kept });
  });

  it("marks a name that is there twice, keeps it through every view, and saves the rest", async () => {
    await open(FLAT);
    await nameOf(1).fill("city");
    const reason = boxes().nth(1).locator(".voice-live-reason");
    assert.match(await reason.innerText(), /«city» already/);
    await show("json");
    await typeJson(
      page,
      '"city"',
      JSON.stringify({
        ...FLAT,
        title: "x",
        properties: { city: FLAT.properties.city },
      }),
    );
    await show("table");
    assert.equal(await nameOf(1).inputValue(), "city");
    assert.match(await reason.innerText(), /«city» already/);
    const saved = (await save()) as typeof FLAT;
    await dismissWarning(page);
    assert.deepEqual(Object.keys(saved.properties), ["city"]);
  });

  it("says why the table cannot show a schema, and keeps it", async () => {
    await open(NESTED);
    const reason = page.locator(".voice-live-parameters-reason");
    assert.match(await reason.innerText(), /«place».*«properties»/);
    assert.equal(
      await page.locator(".voice-live-parameters-add").isVisible(),
      false,
    );
    await show("json");
    await typeJson(page, '"place"', "{");
    await show("table");
    assert.match(await reason.innerText(), /not valid JSON/);
    await show("json");
    await typeJson(page, "{", JSON.stringify(NESTED));
    assert.deepEqual(await save(), NESTED);
  });

  it("shows an example of a call, and copies it", async () => {
    await open(FLAT);
    await edit(page, { "#node-input-functionName": "get_rain" });
    await show("example");
    const text = await page.locator(".voice-live-example").innerText();
    const { topic, payload, voice } = JSON.parse(text) as Record<
      string,
      unknown
    >;
    assert.deepEqual(
      [topic, payload],
      ["get_rain", { city: "text", unit: "C" }],
    );
    assert.ok(voice);
    await page.evaluate(
      "RED.clipboard.copyText = (text) => { window.copied = text; return true; }",
    );
    await page.locator('[data-copies="arguments"]').click();
    assert.deepEqual(JSON.parse(await page.evaluate("window.copied")), payload);
    await page.locator('[data-copies="message"]').click();
    assert.equal(await page.evaluate("window.copied"), text);
    await closeDialog(page, "#node-dialog-cancel");
  });

  it("fits into a tray of 400 pixels in every view, with every text translated", async () => {
    await open(FLAT);
    await narrow(page);
    for (const view of ["table", "json", "example"]) {
      await show(view);
      assert.deepEqual(await overflowing(page, NODE_FORM), [], view);
    }
    assert.ok((await heightOfEditor()) > 40, "the schema can be read");
    assert.doesNotMatch(await wordsOf(page, NODE_FORM), UNTRANSLATED);
    await closeDialog(page, "#node-dialog-cancel");
  });

  async function heightOfEditor(): Promise<number> {
    await show("json");
    const place = page.locator("#node-input-parameters-editor .view-lines");
    return (await place.boundingBox())?.height ?? -1;
  }
});
