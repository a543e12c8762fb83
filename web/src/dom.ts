// Elements in one call, and nothing more: the page is small enough to do without a framework.

type Attributes = Record<string, string | number | boolean | EventListener | undefined>;

/** An element with attributes (functions are listeners) and children; texts are never markup. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string | null)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  dress(element, attributes);
  element.append(...children.filter((child) => child !== null));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS(SVG, tag);
  dress(element, attributes);
  element.append(...children);
  return element;
}

function dress(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== undefined) element.setAttribute(name, String(value));
  }
}

/** A piece of a curve: what tells it apart is its dashes as much as its colour. */
export function sample(colour: string, dash: string, broad = false): SVGSVGElement {
  const line = (width: number, more: Attributes): SVGPathElement =>
    svg("path", { d: "M1 5H33", fill: "none", "stroke-width": width, ...more });
  const parts = broad
    ? [line(8, { stroke: colour }), line(4.5, { class: "core" })]
    : [line(3, { stroke: colour, "stroke-dasharray": dash })];
  if (broad && dash !== "") parts.push(line(4.5, { stroke: colour, "stroke-dasharray": dash }));
  return svg("svg", { viewBox: "0 0 34 10", class: "sample", "aria-hidden": "true" }, ...parts);
}

let said = 0;

/** Tell a screen reader, once it is quiet: the page has this one live region. */
export function announce(text: string, quiet = 700): void {
  window.clearTimeout(said);
  said = window.setTimeout(() => {
    const place = document.getElementById("live");
    if (place !== null && place.textContent !== text) place.textContent = text;
  }, quiet);
}

let seen = 0;

/** A short word at the lower edge, read out too; it goes by itself unless it is to stay. */
export function toast(text: string, stays = false): void {
  const place = document.getElementById("toast");
  if (place === null) return;
  window.clearTimeout(seen);
  place.textContent = text;
  place.classList.add("seen");
  announce(text, stays ? 1500 : 0);
  if (!stays) seen = window.setTimeout(() => place.classList.remove("seen"), 5000);
}

/** Give the user a file. */
export function download(name: string, content: Blob): void {
  const link = el("a", { href: URL.createObjectURL(content), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
