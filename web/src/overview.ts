// The whole schedule as a strip below the picture: what is in view, and where else to look.
import { brushX, line, scaleLinear, select } from "d3";

import type { Point } from "./curves";
import { drawables, endRange, extent, heights, warmupRange } from "./curves";
import { el, svg, toast } from "./dom";
import { counted } from "./plan";
import type { Store } from "./store";
import type { Range } from "./types";

const HEIGHT = 44;
const SIDE = 12;

export class Overview {
  readonly host: HTMLElement;
  private readonly strip = el("div", { class: "strip" });
  private readonly from = this.field("first update in view");
  private readonly to = this.field("last update in view");

  constructor(private readonly store: Store) {
    const button = (name: string, title: string, range: () => Range | null): HTMLElement =>
      el("button", { type: "button", title, click: () => this.view(range()) }, name);
    this.host = el(
      "div",
      { class: "overview" },
      this.strip,
      el(
        "div",
        { class: "zoom", role: "group", "aria-label": "Part of the run in view" },
        button("Whole", "The whole schedule", () => null),
        button("Warmup", "The beginning of the chosen schedule", () => warmupRange(store)),
        button("End", "The end of the chosen schedule", () => endRange(store)),
        el("span", { class: "fields" }, this.from, "–", this.to),
        this.log(),
      ),
    );
    store.on((change) => {
      if (change === "drawn" || change === "look" || change === "runs") this.render();
    });
    new ResizeObserver(() => this.render()).observe(this.strip);
  }

  private field(label: string): HTMLInputElement {
    const input = el("input", { type: "text", inputmode: "numeric", "aria-label": label, size: 8 });
    input.addEventListener("change", () => {
      const range = rangeOf(this.from.value, this.to.value);
      if (range !== null) this.view(range);
      else {
        toast("A part of the run is two updates, such as 0 and 500: the first below the second.");
        this.render();
      }
    });
    return input;
  }

  private log(): HTMLElement {
    const box = el("input", { type: "checkbox", id: "log" });
    box.addEventListener("change", () => {
      this.store.state.log = box.checked;
      this.store.tell("look");
    });
    this.store.on(() => {
      box.checked = this.store.state.log;
    });
    return el("label", { class: "check" }, box, "log scale");
  }

  private view(range: Range | null): void {
    const whole = range !== null && range[0] <= 0 && range[1] >= this.store.span;
    this.store.look(whole ? null : range);
  }

  private render(): void {
    const width = this.strip.clientWidth;
    if (width < 4 * SIDE || this.store.drawn === null) return;
    const curves = drawables(this.store, true);
    const whole: Range = [0, Math.max(this.store.span, this.store.state.view?.[1] ?? 0)];
    const x = scaleLinear(whole, [SIDE, width - SIDE]);
    const y = scaleLinear(heights(curves, whole, false), [HEIGHT - 4, 4]);
    const path = line<Point>(
      (point) => x(point[0]),
      (point) => y(point[1]),
    );
    const picture = svg("svg", { width, height: HEIGHT, "aria-hidden": "true" });
    for (const curve of curves) {
      const width = curve.isRun ? 4 : 1.5;
      const style = { fill: "none", stroke: curve.colour, "stroke-width": width };
      const opacity = curve.isRun ? 0.5 : 0.85;
      picture.append(svg("path", { d: path(curve.points) ?? "", ...style, opacity }));
    }
    this.strip.replaceChildren(picture);
    this.brush(picture, width, x);
    const [begin, end] = extent(this.store);
    this.from.value = Math.round(begin).toLocaleString("en-US");
    this.to.value = Math.round(end).toLocaleString("en-US");
  }

  private brush(picture: SVGSVGElement, width: number, x: (step: number) => number): void {
    const steps = scaleLinear([SIDE, width - SIDE], [0, 1]);
    const last = Math.max(this.store.span, this.store.state.view?.[1] ?? 0);
    const brush = brushX<unknown>()
      .extent([
        [SIDE, 1],
        [width - SIDE, HEIGHT - 1],
      ])
      .on("end", (event) => {
        if (!event.sourceEvent) return;
        const range = event.selection as Range | null;
        this.view(
          range && [Math.round(steps(range[0]) * last), Math.round(steps(range[1]) * last)],
        );
      });
    const group = select(picture).append("g").attr("class", "brush").call(brush);
    const { view } = this.store.state;
    if (view !== null) group.call(brush.move, [x(view[0]), x(view[1])]);
  }
}

/** Two updates as they are typed; null where they are no part of a run. */
export function rangeOf(from: string, to: string): Range | null {
  const [begin, end] = [counted(from), counted(to)];
  if (begin === null || end === null) return null;
  return begin >= 0 && end > begin && end <= 2 ** 53 ? [begin, end] : null;
}
