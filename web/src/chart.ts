// The picture: Observable Plot draws the curves and axes, this adds what one can take hold of.
import * as Plot from "@observablehq/plot";

import { axes } from "./axes";
import type { Drawable } from "./curves";
import { drawables, extent, heights } from "./curves";
import { el } from "./dom";
import { rate, shortStep } from "./format";
import { Handles } from "./handles";
import { curveMarks, endMarks, runNames } from "./marks";
import { Pointer } from "./pointer";
import type { Store } from "./store";
import type { Range } from "./types";

/** What converts between steps or rates and pixels. */
export interface Scales {
  x: { apply(step: number): number; invert(pixel: number): number };
  y: { apply(value: number): number; invert(pixel: number): number };
}

export interface Frame {
  svg: SVGSVGElement;
  scales: Scales;
  width: number;
  height: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const MARGIN = { left: 58, right: 18, top: 14, bottom: 40 };
const WITH_EPOCHS = 42;
/** A narrower page is not laid out yet. */
const LEAST = 160;

export class Chart {
  readonly host = el("div", { class: "chart" });
  frame: Frame | null = null;
  /** While something is dragged the axes stay as they are. */
  held: { x: Range; y: Range } | null = null;
  private readonly handles: Handles;
  private readonly pointer: Pointer;

  constructor(readonly store: Store) {
    this.handles = new Handles(this);
    this.pointer = new Pointer(this);
    store.on((change) => {
      if (["drawn", "look", "runs"].includes(change)) this.render();
    });
    new ResizeObserver(() => this.render()).observe(this.host);
  }

  hold(): void {
    const curves = drawables(this.store);
    const x = extent(this.store);
    this.held = { x, y: heights(curves, x, this.store.state.log) };
  }

  release(): void {
    this.held = null;
    this.render();
  }

  render(): void {
    const width = this.host.clientWidth;
    if (width < LEAST || this.store.drawn === null) return;
    const curves = drawables(this.store);
    const x = this.held?.x ?? extent(this.store);
    const y = this.held?.y ?? heights(curves, x, this.store.state.log);
    const drawn = this.plot(curves, x, y, width);
    this.pointer.attach(this.frame as Frame);
    this.handles.attach(this.frame as Frame);
    this.host.querySelector("svg.picture")?.remove();
    this.host.prepend(drawn);
    // Who waits for a picture, a test for one, sees what this one is about.
    this.host.dataset.texts = JSON.stringify(this.store.drawnTexts);
    this.host.dataset.view = JSON.stringify(x);
    document.documentElement.dataset.ready = "true";
  }

  private plot(curves: Drawable[], x: Range, y: Range, width: number): SVGSVGElement {
    const { log } = this.store.state;
    const about = this.store.about;
    const epoch = about?.updates_per_epoch ?? null;
    const height = heightFor(width);
    const top = epoch === null ? MARGIN.top : WITH_EPOCHS;
    const inner = height - top - MARGIN.bottom;
    const across = width - MARGIN.left - MARGIN.right;
    const drawn = Plot.plot({
      width,
      height,
      marginLeft: MARGIN.left,
      marginRight: MARGIN.right,
      marginTop: top,
      marginBottom: MARGIN.bottom,
      style: { background: "transparent", fontSize: "12px", overflow: "visible" },
      x: { domain: x, type: "linear" },
      y: { domain: y, type: log ? "log" : "linear" },
      marks: [
        ...axes({ x, y, width, height: inner, log, epoch }),
        ...curves.flatMap((one) => curveMarks(one, log ? y[0] / 10 : null)),
        ...endMarks(about?.updates, x),
        ...runNames(curves, { x, y, width: across, height: inner, log }),
      ],
    }) as SVGSVGElement & { scale(name: string): unknown };
    drawn.classList.add("picture");
    drawn.setAttribute("role", "group");
    drawn.setAttribute("aria-label", summary(curves, this.store));
    this.frame = {
      svg: drawn,
      scales: { x: drawn.scale("x"), y: drawn.scale("y") } as Scales,
      width,
      height,
      left: MARGIN.left,
      right: width - MARGIN.right,
      top,
      bottom: height - MARGIN.bottom,
    };
    return drawn;
  }
}

/** As high as it looks well, and no higher than leaves room for the text that is edited. */
function heightFor(width: number): number {
  const room = window.innerHeight;
  if (width < 560) return Math.round(Math.min(280, Math.max(200, room * 0.3)));
  return Math.round(Math.min(430, width * 0.44, Math.max(260, room * 0.42)));
}

/** The picture in one sentence for each curve. */
export function summary(curves: Drawable[], store: Store): string {
  const told = curves.map((curve) => {
    const first = curve.points[0]?.[1] ?? 0;
    const last = curve.points[curve.points.length - 1]?.[1] ?? 0;
    const high = curve.points.reduce((most, [, value]) => Math.max(most, value), -Infinity);
    const name = curve.label.length > 120 ? `${curve.label.slice(0, 120)}…` : curve.label;
    return `${name}: from ${rate(first)}, at most ${rate(high)}, to ${rate(last)}.`;
  });
  const [begin, end] = extent(store);
  return `Learning rate over updates ${shortStep(begin)} to ${shortStep(end)}. ${told.join(" ")}`;
}
