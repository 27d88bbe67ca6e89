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
  const tabs = RED.tabs.create({
    element: $(`#${listId}`),
    // The published types say that a string arrives; it is the tab.
    onchange: (tab: unknown) => {
      const { id } = tab as { id: string };
      showOnly(ids, id);
      onShow(id);
    },
  });
  ids.forEach((id, index) =>
    tabs.addTab({ id, label: labels[id] ?? id }, index),
  );
  tabs.activateTab(ids[0] ?? "");
  return tabs;
}

function showOnly(ids: readonly string[], shown: string): void {
  for (const id of ids) $(`#${id}`).toggle(id === shown);
}
