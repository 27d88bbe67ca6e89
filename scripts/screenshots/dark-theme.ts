import type { Page } from "playwright-core";

/**
 * Turns the editor dark. Node-RED 5 brings a dark theme; for Node-RED 4 each colour of its theme is replaced by one of the same
 * hue and the opposite lightness, which is what the dark themes that can be installed there do, too. Only colours that are
 * taken from the theme become dark: what stays light in the picture is a colour of its own. Nodes and the header look the same in both.
 */
export async function turnDark(page: Page): Promise<void> {
  await page.evaluate(`(() => {
    if (window.monaco) monaco.editor.setTheme("vs-dark");
    const isBuiltIn = parseInt(RED.settings.version) >= 5;
    if (isBuiltIn) return document.documentElement.classList.add("nr-theme-dark");
    const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const rgbaOf = (colour) => {
      paint.clearRect(0, 0, 1, 1);
      paint.fillStyle = colour;
      paint.fillRect(0, 0, 1, 1);
      return [...paint.getImageData(0, 0, 1, 1).data];
    };
    const dark = (colour) => {
      const [red, green, blue, alpha] = rgbaOf(colour);
      const most = Math.max(red, green, blue), least = Math.min(red, green, blue);
      // Between 28 and 235: black on black and white on white would show nothing.
      const shift = Math.round(28 + (255 - (most + least) / 2) * 0.81 - (most + least) / 2);
      const turned = [red, green, blue].map((part) => Math.max(0, Math.min(255, part + shift)));
      return "rgba(" + turned.join(", ") + ", " + alpha / 255 + ")";
    };
    const style = getComputedStyle(document.documentElement);
    const names = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules])
      .filter(({ selectorText }) => selectorText === ":root")
      .flatMap((rule) => [...rule.style])
      .filter((name) => /^--red-ui-(?!node-|header-(?!text-color)|deploy)/.test(name) && CSS.supports("color", style.getPropertyValue(name).trim()));
    for (const name of names) {
      const colour = style.getPropertyValue(name).trim();
      document.documentElement.style.setProperty(name, dark(colour));
    }
    document.documentElement.style.colorScheme = "dark";
  })()`);
}
