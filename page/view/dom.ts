/**
 * An element of index.html.
 * @throws Error when there is no such element: page and script are of different versions
 */
export function byId(id: string): HTMLElement;
export function byId<Kind extends HTMLElement>(
  id: string,
  kind: new () => Kind,
): Kind;
export function byId(id: string, kind = HTMLElement): HTMLElement {
  const element = document.getElementById(id);
  if (!(element instanceof kind))
    throw new Error(`This page has no ${kind.name} #${id}`);
  return element;
}

/** An element with a class and a text; text is never anything but text. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className = "",
  text = "",
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  if (className !== "") element.className = className;
  element.textContent = text;
  return element;
}

/** Writes only what differs: an unchanged live region stays silent. */
export function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
