/** Tabs inside a dialog; each tab shows the element whose id it carries. */
export interface DialogTabs {
  resize(): void;
}

/**
 * @param listId - id of the `<ul>` that becomes the tab bar
 * @param labels - the id of each tab's element and its translated label, in order
 * @param onShow - told the id of each tab that comes to the front
 */
export function createTabs(
  listId: string,
  labels: Readonly<Record<string, string>>,
  onShow: (id: string) => void,
): DialogTabs {
  const ids = Object.keys(labels);
  const list = $(`#${listId}`);
  const tabs = RED.tabs.create({
    element: list,
    // The published types say that a string arrives; it is the tab.
    onchange: (tab: unknown) => {
      const { id } = tab as { id: string };
      showOnly(ids, id);
      markShown(list, id);
      onShow(id);
    },
  });
  ids.forEach((id, index) =>
    tabs.addTab({ id, label: labels[id] ?? id }, index),
  );
  describeTabs(list, labels);
  list.on("keydown", "a", (event) => {
    const next = neighbourOf(ids, tabOf(event.currentTarget), event.key);
    if (next === undefined) return;
    event.preventDefault();
    tabs.activateTab(next);
    list.find(`a[href="#${next}"]`).trigger("focus");
  });
  tabs.activateTab(ids[0] ?? "");
  return tabs;
}

function showOnly(ids: readonly string[], shown: string): void {
  for (const id of ids) $(`#${id}`).toggle(id === shown);
}

/** One stop of the Tab key, and arrows from tab to tab, as the pattern of tabs for assistive technology has it. */
function describeTabs(
  list: JQuery,
  labels: Readonly<Record<string, string>>,
): void {
  list.attr("role", "tablist").children("li").attr("role", "presentation");
  for (const [id, label] of Object.entries(labels)) {
    list.find(`a[href="#${id}"]`).attr({ role: "tab", "aria-controls": id });
    $(`#${id}`).attr({ role: "tabpanel", "aria-label": label });
  }
}

function markShown(list: JQuery, shown: string): void {
  list.find("a").each((_index, tab) => {
    const isShown = tabOf(tab) === shown;
    $(tab).attr({
      "aria-selected": String(isShown),
      tabindex: isShown ? 0 : -1,
    });
  });
}

function tabOf(link: HTMLElement): string {
  return String($(link).attr("href")).slice(1);
}

/** The tab that a key leads to; the last one is followed by the first. */
function neighbourOf(
  ids: readonly string[],
  id: string,
  key: string,
): string | undefined {
  const at = ids.indexOf(id);
  if (key === "Home") return ids[0];
  if (key === "End") return ids[ids.length - 1];
  if (key === "ArrowRight") return ids[(at + 1) % ids.length];
  if (key === "ArrowLeft") return ids[(at - 1 + ids.length) % ids.length];
  return undefined;
}
