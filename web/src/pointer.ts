// What is under the pointer: a line with the rate of every curve there; a drag zooms.
import type { Chart, Frame } from "./chart";
import { drawables, valueAt } from "./curves";
import { el, sample, svg } from "./dom";
import { rate, step as written } from "./format";

const LEAST = 8;

export class Pointer {
  private readonly box = el("div", { class: "readout", "aria-hidden": "true", hidden: true });
  private frame: Frame | null = null;
  private rule: SVGLineElement | null = null;
  private band: SVGRectElement | null = null;

  constructor(private readonly chart: Chart) {
    chart.host.append(this.box);
  }

  attach(frame: Frame): void {
    this.frame = frame;
    const { left, top, right, bottom } = frame;
    const size = { x: left, y: top, width: right - left, height: bottom - top };
    const ground = svg("rect", { ...size, class: "ground", fill: "transparent" });
    this.rule = svg("line", { y1: top, y2: bottom, class: "rule", visibility: "hidden" });
    this.band = svg("rect", { y: top, height: bottom - top, class: "band", width: 0 });
    frame.svg.append(this.band, this.rule, ground);
    ground.addEventListener("pointermove", (event) => this.show(event));
    ground.addEventListener("pointerleave", () => this.hide());
    ground.addEventListener("pointerdown", (event) => this.select(event));
    ground.addEventListener("dblclick", () => this.view(null));
  }

  private show(event: PointerEvent): void {
    const frame = this.frame as Frame;
    const x = event.clientX - frame.svg.getBoundingClientRect().left;
    const step = Math.round(frame.scales.x.invert(x));
    const at = frame.scales.x.apply(step);
    this.rule?.setAttribute("x1", String(at));
    this.rule?.setAttribute("x2", String(at));
    this.rule?.setAttribute("visibility", "visible");
    const epoch = this.chart.store.about?.updates_per_epoch;
    const epochs = epoch ? ` · epoch ${(step / epoch).toFixed(2)}` : "";
    const rows = drawables(this.chart.store).map((curve) => {
      const value = valueAt(curve.points, step);
      const line = sample(curve.colour, curve.dash, curve.isRun);
      return el("div", {}, line, value === undefined ? "no rate" : rate(value));
    });
    this.box.replaceChildren(el("b", {}, `update ${written(step)}${epochs}`), ...rows.slice(0, 10));
    this.box.hidden = false;
    const beyond = at + this.box.offsetWidth + 16 > frame.width;
    this.box.style.left = `${beyond ? at - this.box.offsetWidth - 10 : at + 10}px`;
    this.box.style.top = `${frame.top + 6}px`;
  }

  private hide(): void {
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
