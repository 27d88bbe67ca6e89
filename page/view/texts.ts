import type { Language } from "../model/language";
import english from "../strings/en-US.json";

export type TextKey = keyof typeof english;
type Catalog = Readonly<Record<TextKey, string>>;

/** The page's words in the language that was chosen. */
export class Texts {
  #catalog: Catalog = english;
  #language: Language = "en-US";

  get language(): Language {
    return this.#language;
  }

  /** English stays where a language cannot be loaded: a page in another language is better than none. */
  async load(language: Language): Promise<void> {
    const catalog = await fetchCatalog(language);
    this.#catalog = { ...english, ...catalog };
    this.#language = catalog ? language : "en-US";
    document.documentElement.lang = this.#language;
    this.#fill();
  }

  get(key: TextKey, values: Readonly<Record<string, string>> = {}): string {
    return this.#catalog[key].replaceAll(
      /\{(\w+)\}/g,
      (whole, name: string) => values[name] ?? whole,
    );
  }

  #fill(): void {
    this.#each("text", (element, text) => (element.textContent = text));
    this.#each("title", (element, text) => (element.title = text));
    this.#each("placeholder", (element, text) =>
      element.setAttribute("placeholder", text),
    );
    this.#each("label", (element, text) => {
      element.setAttribute("aria-label", text);
      if (element instanceof HTMLButtonElement) element.title = text;
    });
  }

  #each(
    kind: string,
    write: (element: HTMLElement, text: string) => void,
  ): void {
    for (const element of document.querySelectorAll<HTMLElement>(
      `[data-${kind}]`,
    ))
      write(element, this.get(element.dataset[kind] as TextKey));
  }
}

async function fetchCatalog(
  language: Language,
): Promise<Partial<Catalog> | undefined> {
  if (language === "en-US") return english;
  try {
    const response = await fetch(`strings/${language}.json`);
    if (!response.ok) throw new Error(`answered ${response.status}`);
    return (await response.json()) as Partial<Catalog>;
  } catch (error) {
    console.warn(`The texts in ${language} could not be loaded.`, error);
    return undefined;
  }
}
