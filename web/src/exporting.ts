// Files to keep: a page that works by itself, a picture, a table.
import { ask } from "./api";
import { allCodes } from "./code";
import type { Drawable } from "./curves";
import { drawables } from "./curves";
import { svg } from "./dom";
import type { Store } from "./store";
import type { Progress } from "./table";
import { allRates, rows } from "./table";
import type { Drawn, Frozen, Start } from "./types";

/** What an exported page may do: run its own script, and load nothing. */
const POLICY =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:";

/** Rates that travel in a page: of more it says what its curves say. */
const MOST_RATES = 50_000;

/** One HTML file that needs no server and no network, with the curves in it. */
export async function staticPage(store: Store, progress: Progress): Promise<string> {
  const { lines, plan, names } = store.state;
  const texts = lines.map((line) => line.text);
  const drawn = await ask<Drawn>({ ask: "draw", texts, plan, names, view: null });
  const state = { ...store.state, runs: store.state.runs.map(({ csv: _, ...run }) => run) };
  const frozen: Frozen = {
    state,
    drawn,
    findings: lines.map((line) => store.findings(line).findings),
    codes: await allCodes(store),
  };
  const updates = rows(store);
  if (updates * texts.length <= MOST_RATES) {
    frozen.rates = await allRates({ texts, plan, names }, updates, progress);
  }
  const start: Start = { ...store.start, texts, plan, names, frozen };
  return assembled(
    document.getElementById("style")?.textContent ?? "",
    document.getElementById("script")?.textContent ?? "",
    document.getElementById("licences")?.textContent ?? "",
    start,
  );
}

/** The parts put together; nothing in the data can end the element that it stands in. */
export function assembled(style: string, script: string, licences: string, start: Start): string {
  const data = JSON.stringify(start).replaceAll("<", "\\u003c");
  const title = `Learning rate: ${start.texts.join("; ").slice(0, 200)}`;
  const texts = start.texts.map((text) => `<li><code>${escaped(text)}</code></li>`).join("");
  return [
    '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${escaped(title)}</title>`,
    '<link rel="icon" href="data:,">',
    `<style id="style">${style}</style>\n</head>\n<body>\n<main id="designer"></main>`,
    `<noscript><ul>${texts}</ul></noscript>`,
    `<script type="application/json" id="start">${data}</script>`,
    `<script type="text/plain" id="licences">${licences}</script>`,
    `<script id="script">${script}</script>\n</body>\n</html>\n`,
  ].join("\n");
}

export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

const LEGEND = 20;

/** The picture alone: with its own colours, and a line for each curve below. */
export function picture(store: Store, source: SVGSVGElement): SVGSVGElement {
  const copy = source.cloneNode(true) as SVGSVGElement;
  const paper = paperBehind(source);
  resolve(source, copy);
  for (const part of copy.querySelectorAll(".handles, .ground, .rule, .band")) part.remove();
  const curves = drawables(store);
  const width = source.width.baseVal.value;
  const height = source.height.baseVal.value;
  const whole = height + LEGEND * curves.length + 10;
  const ink = getComputedStyle(source).color || "#1b1f24";
  copy.setAttribute("height", String(whole));
  copy.setAttribute("viewBox", `0 0 ${width} ${whole}`);
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("font-family", "system-ui, sans-serif");
  copy.setAttribute("font-size", "12");
  copy.setAttribute("color", ink);
  copy.setAttribute("style", `color:${ink};background:${paper}`);
  copy.prepend(svg("rect", { width, height: whole, fill: paper }));
  curves.forEach((curve, index) => {
    const y = height + LEGEND * index + 8;
    const drawn = source.querySelector(`[data-curve="${curve.id}"] path`);
    const colour = drawn === null ? ink : getComputedStyle(drawn).stroke;
    // The root of the picture centres its words.
    const place = { x: 58, y: y + 4, fill: ink, "text-anchor": "start" };
    const label = curve.label.slice(0, Math.floor((width - 70) / 7.2));
    copy.append(...legend(curve, colour, paper, y), svg("text", place, label));
  });
  return copy;
}

/** A piece of a curve as it looks in the picture. */
function legend(curve: Drawable, colour: string, paper: string, y: number): SVGElement[] {
  const line = (stroke: string, width: number, dash = ""): SVGElement =>
    svg("line", {
      ...{ x1: 20, x2: 50, y1: y, y2: y, stroke, "stroke-width": width },
      ...(dash === "" ? {} : { "stroke-dasharray": dash }),
      "stroke-opacity": curve.isOld ? 0.35 : 1,
    });
  if (!curve.isRun) return [line(colour, 2.25, curve.dash)];
  const within = curve.dash === "" ? [] : [line(colour, 4.5, curve.dash)];
  return [line(colour, 8), line(paper, 4.5), ...within];
}

/** Colours that a style sheet names, as they are: a file has no style sheet. */
function resolve(source: SVGSVGElement, copy: SVGSVGElement): void {
  const [from, to] = [source, copy].map((one) => [...one.querySelectorAll("[stroke], [fill]")]);
  from?.forEach((element, index) => {
    for (const name of ["stroke", "fill"] as const) {
      if (!element.getAttribute(name)?.includes("var(")) continue;
      to?.[index]?.setAttribute(name, getComputedStyle(element)[name]);
    }
  });
}

/** The first background that is not transparent. */
function paperBehind(element: Element): string {
  for (let place: Element | null = element; place !== null; place = place.parentElement) {
    const { backgroundColor } = getComputedStyle(place);
    if (backgroundColor && !/^(transparent|rgba\(0, 0, 0, 0\))$/.test(backgroundColor)) {
      return backgroundColor;
    }
  }
  return "#fff";
}

export function svgFile(store: Store, source: SVGSVGElement): Blob {
  const text = new XMLSerializer().serializeToString(picture(store, source));
  return new Blob([text], { type: "image/svg+xml" });
}

/** The same picture in pixels, two for each of the screen's. */
export async function pngFile(store: Store, source: SVGSVGElement): Promise<Blob> {
  const drawn = picture(store, source);
  const [width, height] = [drawn.getAttribute("width"), drawn.getAttribute("height")].map(Number);
  const image = new Image();
  const text = new XMLSerializer().serializeToString(drawn);
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = 2 * (width ?? 0);
  canvas.height = 2 * (height ?? 0);
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png");
  });
}
