// Knots to take hold of: with the pointer, or with the arrow keys. The server rewrites the text.
import { Latest } from "./api";
import type { Chart, Frame } from "./chart";
import { svg, toast } from "./dom";
import { quantum, rate, snapped, step as written } from "./format";
import type { Knot } from "./types";

type Side = "before" | "after" | "both";

interface Held {
  knot: number;
  side: Side;
  /** The text when it was taken hold of: every new place is worked out from there. */
  text: string;
  /** Where the pointer took it. */
  from: { x: number; y: number };
  at: { step: number; value: number };
}

/** Pixels to move before it counts: a hand that goes along does not mean up. */
const ALONG = 3;
const UP = 6;

export class Handles {
  private readonly sending: Latest<{ text: string }>;
  private held: Held | null = null;
  private frame: Frame | null = null;

  constructor(private readonly chart: Chart) {
    this.sending = new Latest(
      ({ text }) => this.chart.store.setText(this.chart.store.state.chosen, text),
      toast,
    );
  }

  attach(frame: Frame): void {
    this.frame = frame;
    const { store } = this.chart;
    const { chosen, lines } = store.state;
    const curve = store.curves[chosen];
    const line = lines[chosen];
    if (curve === undefined || line === undefined || !line.shown) return;
    const group = svg("g", { class: "handles", color: store.style(chosen).colour });
    const focused = document.activeElement?.getAttribute("data-knot");
    let again: SVGElement | null = null;
    curve.knots.forEach((knot, index) => {
      for (const [side, value] of sides(knot)) {
        const handle = this.handle(knot[0], value, index, side);
        if (handle === null) continue;
        group.append(handle);
        if (focused === `${index}-${side}`) again = handle;
      }
    });
    frame.svg.append(group);
    // The picture is new at every key: who was on a knot stays on it.
    if (again !== null) queueMicrotask(() => again?.focus({ preventScroll: true }));
  }

  private handle(step: number, value: number, knot: number, side: Side): SVGElement | null {
    const { scales, left, right, top, bottom } = this.frame as Frame;
    const x = scales.x.apply(step);
    const y = scales.y.apply(value);
    if (!(x >= left - 1 && x <= right + 1) || !(y >= top - 20 && y <= bottom + 20)) return null;
    const place = { "data-knot": `${knot}-${side}`, transform: `translate(${x},${y})` };
    const parts = [svg("circle", { r: 14, class: "grip" }), svg("circle", { r: 5, class: "dot" })];
    if (this.chart.store.frozen) {
      return svg("g", { ...place, class: "still" }, svg("circle", { r: 4, class: "dot" }));
    }
    const words = `${side === "both" ? "Knot" : `Jump, ${side}`} at update ${written(step)}`;
    const group = svg("g", {
      ...place,
      class: "handle",
      tabindex: 0,
      role: "slider",
      "aria-label": `${words}: arrow keys move it`,
      "aria-valuenow": value,
      "aria-valuetext": `update ${written(step)}, rate ${rate(value)}`,
      "aria-roledescription": "knot",
    });
    group.append(...parts, svg("title", {}, `update ${written(step)}: ${rate(value)}`));
    group.addEventListener("pointerdown", (event) => this.take(event, knot, side, step, value));
    group.addEventListener("keydown", (event) => this.key(event, knot, side, step, value));
    return group;
  }

  private take(event: PointerEvent, knot: number, side: Side, step: number, value: number): void {
    if (event.button !== 0) return;
    event.preventDefault();
    event.stopPropagation();
    const from = { x: event.clientX, y: event.clientY };
    this.held = { knot, side, text: this.text, from, at: { step, value } };
    this.chart.hold();
    this.chart.host.classList.add("dragging");
    const move = (next: PointerEvent): void => this.move(next);
    const end = (): void => {
      window.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", end);
      window.removeEventListener("pointercancel", end);
      this.held = null;
      this.chart.host.classList.remove("dragging");
      this.chart.release();
    };
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", end);
    window.addEventListener("pointercancel", end);
  }

  private move(event: PointerEvent): void {
    const { held, frame } = this;
    if (held === null || frame === null) return;
    const right = event.clientX - held.from.x;
    const down = event.clientY - held.from.y;
    const { x, y } = frame.scales;
    const step = Math.abs(right) > ALONG ? x.invert(x.apply(held.at.step) + right) : null;
    const value = Math.abs(down) > UP ? y.invert(y.apply(held.at.value) + down) : null;
    this.send(held, step, value);
  }

  private key(event: KeyboardEvent, knot: number, side: Side, step: number, value: number): void {
    const across = { ArrowLeft: -1, ArrowRight: 1 }[event.key] ?? 0;
    const up = { ArrowUp: 1, ArrowDown: -1 }[event.key] ?? 0;
    if (across === 0 && up === 0) return;
    event.preventDefault();
    const far = event.shiftKey ? 10 : 1;
    const { units } = this;
    const held = { knot, side, text: this.text, from: { x: 0, y: 0 }, at: { step, value } };
    this.send(
      held,
      across === 0 ? null : step + across * far * units.step,
      up === 0 ? null : value + up * far * units.value,
    );
  }

  private send(held: Held, step: number | null, value: number | null): void {
    const { plan, names } = this.chart.store.state;
    const { units } = this;
    this.sending.put({
      ask: "drag",
      text: held.text,
      knot: held.knot,
      side: held.side,
      plan,
      names,
      step: step === null ? null : Math.max(1, snapped(step, units.step)),
      value: value === null ? null : Math.max(this.lowest, snapped(value, units.value)),
    });
  }

  /** Round distances of about two pixels. */
  private get units(): { step: number; value: number } {
    const { scales, left, right, top, bottom } = this.frame as Frame;
    const steps = scales.x.invert(right) - scales.x.invert(left);
    const values = Math.abs(scales.y.invert(top) - scales.y.invert(bottom));
    const height = this.chart.store.state.log ? values / 1000 : values;
    return {
      step: Math.max(1, quantum((2 * steps) / (right - left))),
      value: quantum((2 * height) / (bottom - top)),
    };
  }

  private get lowest(): number {
    const curve = this.chart.store.curves[this.chart.store.state.chosen];
    return Math.min(0, ...(curve?.knots ?? []).map(([, before, after]) => Math.min(before, after)));
  }

  private get text(): string {
    const { lines, chosen } = this.chart.store.state;
    return lines[chosen]?.text ?? "";
  }
}

/** A join has one handle, a jump two. */
export function sides([, before, after]: Knot): [Side, number][] {
  return before === after
    ? [["both", after]]
    : [
        ["before", before],
        ["after", after],
      ];
}
