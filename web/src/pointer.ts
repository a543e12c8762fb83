// What is under the pointer: a line with the rate of every curve there; a drag zooms.
import { Latest, ask } from "./api";
import type { Chart, Frame } from "./chart";
import type { Drawable } from "./curves";
import { drawables, valueAt } from "./curves";
import { el, sample, svg } from "./dom";
import { rate, step as written } from "./format";
import type { Line } from "./types";

const LEAST = 8;
/** Digits of a rate under the pointer. */
const DIGITS = 6;
const MOST_ROWS = 10;

interface Known {
  step: number;
  lines: Line[];
  values: (number | null)[];
}

export class Pointer {
  private readonly box = el("div", { class: "readout", "aria-hidden": "true", hidden: true });
  private frame: Frame | null = null;
  private rule: SVGLineElement | null = null;
  private band: SVGRectElement | null = null;
  /** The update pointed at; null where nothing is. */
  private step: number | null = null;
  private readonly asking: Latest<Known>;

  constructor(private readonly chart: Chart) {
    chart.host.append(this.box);
    this.asking = new Latest<Known>(
      (known) => this.tell(known),
      () => this.hide(),
      async ({ lines, ...question }) => {
        const { values } = await ask<Pick<Known, "values">>(question);
        return { step: question.step as number, lines: lines as Line[], values };
      },
    );
  }

  attach(frame: Frame): void {
    this.frame = frame;
    const { left, top, right, bottom } = frame;
    const size = { x: left, y: top, width: right - left, height: bottom - top };
    const ground = svg("rect", { ...size, class: "ground", fill: "transparent" });
    this.rule = svg("line", { y1: top, y2: bottom, class: "rule", visibility: "hidden" });
    this.band = svg("rect", { y: top, height: bottom - top, class: "band", width: 0 });
    frame.svg.append(this.band, this.rule, ground);
    ground.addEventListener("pointermove", (event) => this.point(event));
    ground.addEventListener("pointerleave", () => this.hide());
    ground.addEventListener("pointerdown", (event) => this.select(event));
    ground.addEventListener("dblclick", () => this.view(null));
    if (this.step === null) return;
    this.mark(this.step);
    this.ask(this.step);
  }

  private point(event: PointerEvent): void {
    const { svg: picture, scales } = this.frame as Frame;
    const x = event.clientX - picture.getBoundingClientRect().left;
    const step = Math.max(0, Math.round(scales.x.invert(x)));
    this.mark(step);
    if (step !== this.step) this.ask(step);
    this.step = step;
  }

  private mark(step: number): void {
    const at = String(this.frame?.scales.x.apply(step));
    this.rule?.setAttribute("x1", at);
    this.rule?.setAttribute("x2", at);
    this.rule?.setAttribute("visibility", "visible");
  }

  private ask(step: number): void {
    const { store } = this.chart;
    const { lines, plan, names } = store.state;
    const rates = store.start.frozen?.rates;
    if (store.frozen) {
      this.step = step;
      this.tell({ step, lines, values: lines.map((_, line) => rates?.[line]?.[step] ?? NaN) });
      return;
    }
    const texts = lines.map((line) => line.text);
    this.asking.put({ ask: "at", texts, step, plan, names, lines });
  }

  /** What the server says: of another update than the box speaks of, it is as good as nothing. */
  private tell({ step, lines, values }: Known): void {
    const { frame, box } = this;
    if (frame === null || this.step === null) return;
    const epoch = this.chart.store.about?.updates_per_epoch;
    const epochs = epoch ? ` · epoch ${(step / epoch).toFixed(2)}` : "";
    const own = this.chart.store.state.lines;
    const rows = drawables(this.chart.store).map((curve) => {
      const line = curve.isRun ? undefined : own[Number(curve.id.slice("line-".length))];
      const place = line === undefined ? -1 : lines.indexOf(line);
      const words = place < 0 ? near(curve, step) : told(values[place], curve, step);
      return el("div", {}, sample(curve.colour, curve.dash, curve.isRun), words);
    });
    const more = rows.length > MOST_ROWS ? [el("div", {}, "…")] : [];
    const head = el("b", {}, `update ${written(step)}${epochs}`);
    box.replaceChildren(head, ...rows.slice(0, MOST_ROWS), ...more);
    box.hidden = false;
    const at = frame.scales.x.apply(step);
    const beyond = at + box.offsetWidth + 16 > frame.width;
    box.style.left = `${Math.max(0, beyond ? at - box.offsetWidth - 10 : at + 10)}px`;
    box.style.top = `${frame.top + 6}px`;
  }

  private hide(): void {
    this.step = null;
    this.box.hidden = true;
    this.rule?.setAttribute("visibility", "hidden");
  }

  /** A range is drawn with the pointer: look at it closer. */
  private select(event: PointerEvent): void {
    if (event.button !== 0 || event.pointerType === "touch") return;
    const frame = this.frame as Frame;
    const begin = this.within(event);
    const move = (next: PointerEvent): void => {
      const now = this.within(next);
      this.band?.setAttribute("x", String(Math.min(begin, now)));
      this.band?.setAttribute("width", String(Math.abs(now - begin)));
    };
    const end = (next: PointerEvent): void => {
      window.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", end);
      this.band?.setAttribute("width", "0");
      const now = this.within(next);
      if (Math.abs(now - begin) < LEAST) return;
      const [a, b] = [Math.min(begin, now), Math.max(begin, now)].map((x) =>
        Math.max(0, Math.round(frame.scales.x.invert(x))),
      ) as [number, number];
      if (b > a) this.view([a, b]);
    };
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", end);
  }

  private within(event: PointerEvent): number {
    const { svg: picture, left, right } = this.frame as Frame;
    return Math.min(right, Math.max(left, event.clientX - picture.getBoundingClientRect().left));
  }

  private view(range: [number, number] | null): void {
    this.chart.store.look(range);
  }
}

/** The real rate; NaN where only the curve is known. */
function told(value: number | null | undefined, curve: Drawable, step: number): string {
  if (value === null || value === undefined) return "no rate";
  return Number.isNaN(value) ? near(curve, step) : rate(value, DIGITS);
}

/** What the drawn curve says: exact at a point of it, about that between two. */
export function near(curve: Drawable, step: number): string {
  const point = curve.points.find(([at]) => at === step);
  if (point !== undefined && curve.isRun) return rate(point[1], DIGITS);
  const value = valueAt(curve.points, step);
  return value === undefined ? "no rate" : `about ${rate(value, 3)}`;
}
