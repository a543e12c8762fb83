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
  const line = svg("path", { d: "M1 5H33", fill: "none", stroke: colour });
  line.setAttribute("stroke-width", broad ? "7" : "3");
  line.setAttribute("stroke-opacity", broad ? "0.5" : "1");
  if (!broad) line.setAttribute("stroke-dasharray", dash);
  return svg("svg", { viewBox: "0 0 34 10", class: "sample", "aria-hidden": "true" }, line);
}

/** A short word at the lower edge, read out too; it goes by itself. */
export function toast(text: string): void {
  const place = document.getElementById("toast");
  if (place === null) return;
  place.textContent = text;
  place.classList.add("seen");
  window.setTimeout(() => {
    if (place.textContent === text) place.classList.remove("seen");
  }, 5000);
}

/** Give the user a file. */
export function download(name: string, content: Blob): void {
  const link = el("a", { href: URL.createObjectURL(content), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
