import { findVoices, hasVoices } from "./voice-list";

/** A list of voices below a text input: opens when the input is entered, follows what is typed, and takes any other name too. */
export interface VoicePicker {
  /** @param kind - kind of voice whose names are offered */
  offer(kind: string): void;
}

/**
 * @param input - what is chosen comes as a `change` of this input
 * @param noMatch - what an empty list says
 */
export function createVoicePicker(input: JQuery, noMatch: string): VoicePicker {
  let kind = "";
  const list = $("<div>", { class: "voice-live-voices", role: "listbox" });
  const id = `${input.attr("id")}-voices`;
  list.attr("id", id).hide().insertAfter(input);
  input.attr({ autocomplete: "off", role: "combobox", "aria-controls": id });
  const setOpen = (isOpen: boolean): void => {
    list.toggle(isOpen);
    input.attr("aria-expanded", String(isOpen));
    input.removeAttr("aria-activedescendant");
  };
  setOpen(false);

  const fill = (query: string): void => {
    list.empty();
    const groups = findVoices(kind, query, languageOf);
    for (const { locale, names } of groups) {
      if (locale) $("<b>").text(languageOf(locale)).appendTo(list);
      for (const name of names)
        $("<a>", { role: "option", "data-voice": name })
          .text(name)
          .appendTo(list);
    }
    if (groups.length === 0) $("<i>").text(noMatch).appendTo(list);
    list.children("a").each((index, option) => {
      $(option).attr("id", `${id}-${index}`);
    });
    setOpen(groups.length > 0 || query !== "");
  };
  const close = (): void => setOpen(false);
  const choose = (option: JQuery): void => {
    input.val(String(option.data("voice"))).trigger("change");
    close();
  };

  // Entering the field shows all voices: what stands there is chosen already, not searched.
  input.on("focus", () => {
    if (hasVoices(kind)) fill("");
  });
  input.on("input", () => {
    if (hasVoices(kind)) fill(String(input.val()));
  });
  input.on("blur", close);
  input.on("keydown", (event) => {
    if (list.is(":visible")) onKey(event, list, choose, close);
    const marked = list.find("a.voice-live-marked").attr("id");
    if (marked !== undefined && list.is(":visible"))
      input.attr("aria-activedescendant", marked);
  });
  // A click would take the focus, and the list with it, before it is one.
  list.on("mousedown", (event) => event.preventDefault());
  list.on("click", "a", (event) => choose($(event.currentTarget)));
  return {
    offer: (next) => {
      kind = next;
    },
  };
}

function onKey(
  event: JQuery.KeyDownEvent,
  list: JQuery,
  choose: (option: JQuery) => void,
  close: () => void,
): void {
  const options = list.find("a");
  const marked = options.index(list.find("a.voice-live-marked"));
  if (event.key === "ArrowDown") mark(options, marked + 1);
  else if (event.key === "ArrowUp") mark(options, marked - 1);
  else if (event.key === "Enter" && marked >= 0) choose(options.eq(marked));
  else if (event.key === "Escape") close();
  else return;
  // The dialog would take these keys for itself.
  event.preventDefault();
  event.stopPropagation();
}

function mark(options: JQuery, index: number): void {
  const next = Math.max(0, Math.min(options.length - 1, index));
  options.removeClass("voice-live-marked").attr("aria-selected", "false");
  options.eq(next).addClass("voice-live-marked").attr("aria-selected", "true");
  options.get(next)?.scrollIntoView({ block: "nearest" });
}

/** What the browser calls a locale in the user's language: "German (Germany)". */
function languageOf(locale: string): string {
  if (locale === "") return "";
  const name = NAMES?.of(locale.replace(/^(zh-CN)-.*/, "$1"));
  return name ? `${name} · ${locale}` : locale;
}

interface NamesOfLocales {
  of(locale: string): string | undefined;
}
/** ES2021; the library types that the editor's code is checked with are older. */
const { DisplayNames } = Intl as unknown as {
  DisplayNames?: new (
    locales: string[],
    options: { type: "language" },
  ) => NamesOfLocales;
};
const NAMES = DisplayNames
  ? new DisplayNames([...navigator.languages], { type: "language" })
  : undefined;
