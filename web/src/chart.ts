// The picture: Observable Plot draws the curves and axes, this adds what one can take hold of.
import * as Plot from "@observablehq/plot";
import { ticks } from "d3";

import type { Drawable, Point } from "./curves";
import { drawables, extent, heights } from "./curves";
import { el } from "./dom";
import { rate, shortStep } from "./format";
import { Handles } from "./handles";
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
      if (change === "drawn" || change === "look" || change === "runs") this.render();
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
    const height = width < 560 ? 280 : Math.round(Math.min(430, Math.max(320, width * 0.44)));
    const top = this.epoch === null ? MARGIN.top : WITH_EPOCHS;
    const drawn = Plot.plot({
      width,
      height,
      marginLeft: MARGIN.left,
      marginRight: MARGIN.right,
      marginTop: top,
      marginBottom: MARGIN.bottom,
      style: { background: "transparent", fontSize: "12px", overflow: "visible" },
      x: { domain: x, type: "linear" },
      y: { domain: y, type: this.store.state.log ? "log" : "linear" },
      marks: [
        ...this.axes(x, y, width, height),
        ...this.ends(x),
        ...curves.map((one) => this.line(one)),
      ],
    }) as SVGSVGElement & { scale(name: string): unknown };
    this.name(drawn, curves);
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
    this.pointer.attach(this.frame);
    this.handles.attach(this.frame);
    this.host.querySelector("svg.picture")?.remove();
    this.host.prepend(drawn);
    // Who waits for a picture, a test for one, sees what this one is about.
    this.host.dataset.texts = JSON.stringify(this.store.drawnTexts);
    this.host.dataset.view = JSON.stringify(x);
    document.documentElement.dataset.ready = "true";
  }

  private get epoch(): number | null {
    return this.store.about?.updates_per_epoch ?? null;
  }

  private axes(x: Range, y: Range, width: number, height: number): Plot.Markish[] {
    const few = Math.max(3, Math.floor(width / 130));
    const log = this.store.state.log;
    const levels = log ? undefined : ticks(y[0], y[1], height < 300 ? 4 : 6);
    const grid = { stroke: "currentColor", strokeOpacity: 0.09 };
    const marks: Plot.Markish[] = [
      levels === undefined ? Plot.gridY({ ...grid, ticks: 5 }) : Plot.gridY(levels, grid),
      Plot.axisY({
        ...(levels === undefined ? { ticks: 5 } : { ticks: levels }),
        tickFormat: (value: number) => rate(value),
        label: null,
        tickSize: 0,
        fill: "currentColor",
      }),
      Plot.axisX({
        ticks: few,
        tickFormat: shortStep,
        label: "updates",
        labelAnchor: "right",
        labelArrow: "none",
        tickSize: 4,
      }),
    ];
    if (!log && y[0] <= 0)
      marks.push(Plot.ruleY([0], { stroke: "currentColor", strokeOpacity: 0.35 }));
    const epoch = this.epoch;
    if (epoch !== null) {
      const epochs = ticks(x[0] / epoch, x[1] / epoch, few).map((one) => one * epoch);
      marks.push(
        Plot.axisX(epochs, {
          anchor: "top",
          tickFormat: (step: number) => String(Number((step / epoch).toPrecision(6))),
          label: "epochs",
          labelAnchor: "right",
          labelArrow: "none",
          tickSize: 4,
        }),
      );
    }
    return marks;
  }

  /** Where the run ends. */
  private ends(x: Range): Plot.Markish[] {
    const end = this.store.about?.updates;
    if (end === undefined || end < x[0] || end > x[1]) return [];
    const label = { x: () => end, text: () => "end of the run", frameAnchor: "top" } as const;
    return [
      Plot.ruleX([end], { stroke: "currentColor", strokeOpacity: 0.45, strokeDasharray: "2 3" }),
      Plot.text([end], { ...label, textAnchor: "end", dx: -5, dy: 3, fillOpacity: 0.6 }),
    ];
  }

  private line(curve: Drawable): Plot.Markish {
    const log = this.store.state.log;
    return Plot.line(log ? curve.points.filter(([, value]) => value > 0) : curve.points, {
      x: (point: Point) => point[0],
      y: (point: Point) => point[1],
      stroke: curve.colour,
      strokeWidth: curve.isRun ? 6 : 2.25,
      strokeOpacity: curve.isRun ? 0.4 : curve.isOld ? 0.3 : 1,
      strokeDasharray: curve.isRun ? undefined : curve.dash || undefined,
      strokeLinejoin: "round",
      strokeLinecap: "butt",
      clip: true,
      render: (index, scales, values, dimensions, context, next) => {
        const group = next?.(index, scales, values, dimensions, context) ?? null;
        group?.setAttribute("data-curve", curve.id);
        group?.setAttribute("aria-label", curve.label.slice(0, 300));
        return group;
      },
    });
  }

  /** What a screen reader says of the whole. */
  private name(drawn: SVGSVGElement, curves: Drawable[]): void {
    drawn.classList.add("picture");
    drawn.setAttribute("role", "group");
    drawn.setAttribute("aria-label", summary(curves, this.store));
  }
}

/** The picture in one sentence for each curve. */
export function summary(curves: Drawable[], store: Store): string {
  const told = curves.map((curve) => {
    const first = curve.points[0]?.[1] ?? 0;
    const last = curve.points[curve.points.length - 1]?.[1] ?? 0;
    const high = Math.max(...curve.points.map(([, value]) => value));
    const name = curve.label.length > 120 ? `${curve.label.slice(0, 120)}…` : curve.label;
    return `${name}: from ${rate(first)}, at most ${rate(high)}, to ${rate(last)}.`;
  });
  const [begin, end] = extent(store);
  return `Learning rate over updates ${shortStep(begin)} to ${shortStep(end)}. ${told.join(" ")}`;
}
