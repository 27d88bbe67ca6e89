import type { Page } from "playwright-core";

/** Where a dialog has its controls. */
export const NODE_FORM = "#dialog-form";
export const CONFIG_FORM = "#node-config-dialog-edit-form";

/** Texts for controls where any text would not do, by the end of the control's id. */
export type Samples = Readonly<Record<string, string>>;

/** Controls of our own making: not those inside a code editor or of Node-RED's icon and label settings. */
const CONTROLS = `
  const controlsOf = (place) => $(place).find("input, select, textarea")
    .not(".monaco-editor *, [data-setting] *, .red-ui-typedInput-container *, [id^=red-ui-trap]");
  const choicesOf = ({ options }) => [...options].map(({ value }) => value).filter((value) => value !== "_ADD_");
  const nameOf = (each) => each.id.replace(/^(.*-input|voice-live-session)-/, "") || Object.values(each.dataset).join(" ");
`;

/**
 * Fills every control that shows: each text once, each tick turned, each select with every choice it has, and what shows only
 * then. A select ends at its sample, or its last choice. Settings of the session (`data-setting`) are left alone.
 * @param place - selector of the form, or of one tab of it
 */
export function fillControls(
  page: Page,
  place: string,
  samples: Samples,
): Promise<void> {
  return page.evaluate(`(() => {
    ${CONTROLS}
    const samples = ${JSON.stringify(samples)};
    const done = new Set();
    const set = (each, text) => $(each).val(text).trigger("input").trigger("change");
    const textOf = (each) => samples[nameOf(each)] ??
      ($(each).hasClass("voice-live-number") ? String(Number(each.value) + 1) : "some " + nameOf(each));
    const lastOf = (select) => choicesOf(select).find((value) => value === samples[nameOf(select)]) ?? choicesOf(select).at(-1);
    const fill = () => {
      const next = controlsOf("${place}").filter(":visible:enabled").toArray().find((each) => !done.has(each));
      if (!next) return;
      done.add(next);
      if (next.type === "checkbox") next.click();
      else if (next.nodeName !== "SELECT") set(next, textOf(next));
      else for (const value of [...choicesOf(next), lastOf(next)].filter((each) => each !== undefined)) {
        set(next, value);
        fill();
      }
      fill();
    };
    fill();
  })()`);
}

/** What every control of a form holds, also of those that are hidden. */
export function heldValues(
  page: Page,
  form: string,
): Promise<Record<string, string>> {
  return page.evaluate(`(() => {
    ${CONTROLS}
    const held = controlsOf("${form}").toArray().map((each) => [
      nameOf(each),
      each.type === "checkbox" ? String(each.checked) : String($(each).val()),
    ]);
    return Object.fromEntries(held.filter(([name]) => name !== ""));
  })()`);
}

/** Chooses every option of every select, and in the end what was chosen before. */
export function switchSelects(page: Page, form: string): Promise<number> {
  return page.evaluate(`(() => {
    ${CONTROLS}
    const selects = controlsOf("${form}").filter("select").toArray();
    for (const select of selects) {
      const chosen = select.value;
      for (const value of [...choicesOf(select), chosen]) $(select).val(value).trigger("change");
    }
    return selects.length;
  })()`);
}

/** Makes the open dialog as narrow as Node-RED lets it be. */
export function narrow(page: Page): Promise<void> {
  return page.evaluate(
    "$('.red-ui-tray').last().css('width', '400px'); RED.tray.resize()",
  );
}

/**
 * What stands out of the open dialog, or makes it scroll sideways.
 * @param place - selector of the form, or of one tab of it
 */
export function overflowing(page: Page, place: string): Promise<string[]> {
  return page.evaluate(`(() => {
    const body = $(".red-ui-tray").last().find(".red-ui-tray-body-wrapper").get(0);
    const edge = body.getBoundingClientRect().right + 1;
    const out = $("${place}").find("*").toArray()
      .filter((each) => each.offsetParent && !$(each).closest(".monaco-editor, .voice-live-voices").length)
      .filter((each) => each.getBoundingClientRect().right > edge)
      .map((each) => each.id || each.className || each.nodeName);
    return body.scrollWidth > body.clientWidth ? [...out, "the tray scrolls"] : out;
  })()`);
}

/** Every text of a form that a user may read, also in empty fields and under the mouse. */
export function wordsOf(page: Page, form: string): Promise<string> {
  return page.evaluate(`[
    $("${form}").text(),
    ...$("${form}").find("[placeholder], [title], [aria-label]").toArray()
      .flatMap((each) => [each.placeholder, each.title, each.ariaLabel]),
  ].join(" ")`);
}

/** The same, each by itself; not what stands in a code editor. */
export function textsOf(page: Page, form: string): Promise<string[]> {
  return page.evaluate(`(() => {
    const form = $("${form}");
    const inside = form.find("*").addBack().not(".monaco-editor, .monaco-editor *");
    const written = inside.contents().toArray()
      .filter((each) => each.nodeType === Node.TEXT_NODE)
      .map((each) => each.data);
    const beside = inside.toArray().flatMap((each) => [each.placeholder, each.title, each.ariaLabel]);
    return [...written, ...beside].map((text) => (text ?? "").trim()).filter((text) => text !== "");
  })()`);
}

/** Labels, tabs and buttons that are too narrow for their own words. */
export function tightLabels(page: Page, place: string): Promise<string[]> {
  return page.evaluate(`
    $("${place}").find("label, button, .red-ui-tab-label").filter(":visible").toArray()
      .filter((each) => each.scrollWidth > each.clientWidth + 1)
      .map((each) => each.innerText.trim())
  `);
}

/** Whether the editor finds nothing wrong with a node; else what. */
export function faultsOf(page: Page, id: string): Promise<string[]> {
  return page.evaluate(
    `RED.nodes.node("${id}").valid ? [] : RED.nodes.node("${id}").validationErrors.map(String)`,
  );
}
