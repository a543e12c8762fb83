// Files to keep: a page that works by itself, a picture, a table.
import { allCodes } from "./code";
import { drawables } from "./curves";
import { ask } from "./api";
import { svg } from "./dom";
import type { Store } from "./store";
import type { Drawn, Frozen, Start } from "./types";

/** What an exported page may do: run its own script, and load nothing. */
const POLICY =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:";

/** One HTML file that needs no server and no network, with the curves in it. */
export async function staticPage(store: Store): Promise<string> {
  const { lines, plan, names } = store.state;
  const texts = lines.map((line) => line.text);
  const drawn = await ask<Drawn>({ ask: "draw", texts, plan, names, view: null });
  const state = { ...store.state, runs: store.state.runs.map(({ csv: _, ...run }) => run) };
  const frozen: Frozen = {
    state,
    drawn,
    findings: store.findings,
    audits: store.audits.map((audit) => audit ?? { ok: null, summary: "", findings: [] }),
    codes: await allCodes(store),
  };
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
  for (const part of copy.querySelectorAll(".handles, .ground, .rule, .band")) part.remove();
  const curves = drawables(store);
  const width = source.width.baseVal.value;
  const height = source.height.baseVal.value;
  const whole = height + LEGEND * curves.length + 10;
  const ink = getComputedStyle(source).color || "#1b1f24";
  const paper = paperBehind(source);
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
    const look = { stroke: curve.colour, "stroke-width": curve.isRun ? 6 : 2.25 };
    copy.append(
      svg("line", {
        x1: 20,
        x2: 50,
        y1: y,
        y2: y,
        ...look,
        "stroke-dasharray": curve.isRun ? "" : curve.dash,
      }),
      svg("text", { x: 58, y: y + 4, fill: ink }, curve.label.slice(0, Math.floor(width / 7.2))),
    );
  });
  return copy;
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

/** Step and rates of every update; of one schedule it is a file that `lrkit diff` reads. */
export async function csvFile(store: Store): Promise<Blob> {
  const { lines, plan, names } = store.state;
  const shown = lines.filter((line, index) => line.shown && store.curves[index] !== undefined);
  const lengths = store.curves.map((curve) => curve?.length ?? 0);
  const updates = Math.ceil(store.about?.updates ?? (Math.max(0, ...lengths) || store.span));
  const texts = shown.map((line) => line.text);
  if (store.frozen) return table(texts, drawnRates(store));
  const found = await ask<{ every: number; rates: (number[] | null)[] }>({
    ask: "values",
    texts,
    plan,
    names,
    updates: Math.max(1, updates),
  });
  const count = Math.max(0, ...found.rates.map((one) => one?.length ?? 0));
  const rows = Array.from({ length: count }, (_, row) => [
    row * found.every,
    ...found.rates.map((rates) => rates?.[row] ?? ""),
  ]);
  return table(texts, rows);
}

/** What a page without a server knows: the points of the first curve. */
function drawnRates(store: Store): (number | string)[][] {
  const curve = drawables(store, true).find((one) => !one.isRun);
  return curve?.points.map(([step, value]) => [step, value]) ?? [];
}

export function table(texts: string[], rows: (number | string)[][]): Blob {
  const quoted = (text: string): string =>
    `"${text.replaceAll('"', '""').replaceAll(/\s+/g, " ")}"`;
  const heads = texts.length === 1 ? ["learning_rate"] : texts.map(quoted);
  const head = ["step", ...heads].join(",");
  return new Blob([`${[head, ...rows.map((row) => row.join(","))].join("\n")}\n`], {
    type: "text/csv",
  });
}
