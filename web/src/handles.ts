// Knots to take hold of: with the pointer, or with the arrow keys. The server rewrites the text.
import { Latest, ask } from "./api";
import type { Chart, Frame } from "./chart";
import { svg, toast } from "./dom";
import { quantum, rate, rounded, snapped, step as written } from "./format";
import type { Knot, Line } from "./types";
import { isCurve } from "./types";

type Side = "before" | "after" | "both";

/** A knot that is moved, and the line that it belongs to. */
export interface Held {
  line: Line;
  /** The text when it was taken hold of: every new place is worked out from there. */
  text: string;
  /** What this movement last wrote: while another text stands there, it writes no more. */
  last: string;
  knot: number;
  side: Side;
  at: { step: number; value: number };
  group: string;
}

/** Pixels to move before it counts: a hand that goes along does not mean up. */
const ALONG = 3;
const UP = 6;
/** Milliseconds within which keys go on from where the last one led. */
const PAUSE = 1000;
/** What a key does on a logarithmic scale. */
const FACTOR = 1.02;

let gestures = 0;

/** Whether an answer may still write: the line is there, and nobody else has changed it. */
export function mayWrite(held: Pick<Held, "line" | "last">, lines: Line[]): boolean {
  return lines.includes(held.line) && held.line.text === held.last;
}

export class Handles {
  private readonly sending: Latest<{ text: string; held: Held }>;
  /** What the hand holds. */
  private held: Held | null = null;
  /** What the keys move, where they have led, and when. */
  private keyed: (Held & { goal: { step?: number; value?: number }; when: number }) | null = null;
  private frame: Frame | null = null;

  constructor(private readonly chart: Chart) {
    this.sending = new Latest<{ text: string; held: Held }>(
      ({ text, held }) => this.follow(held, text),
      toast,
      async ({ held, ...question }) => ({
        text: (await ask<{ text: string }>(question)).text,
        held: held as Held,
      }),
    );
  }

  attach(frame: Frame): void {
    this.frame = frame;
    const { store } = this.chart;
    const { chosen, lines } = store.state;
    const curve = store.curve(chosen);
    const line = lines[chosen];
    if (curve === undefined || line === undefined || !line.shown || !this.areOf(line)) return;
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

  /** Whether the knots drawn are those of the line's text, or of a text on its way to it. */
  private areOf(line: Line): boolean {
    const moved = this.held ?? this.keyed;
    if (moved !== null && moved.line === line && moved.last === line.text) return true;
    return isCurve(this.chart.store.entry(line));
  }

  private handle(step: number, value: number, knot: number, side: Side): SVGElement | null {
    const { scales, left, right, top, bottom } = this.frame as Frame;
    const x = scales.x.apply(step);
    const y = scales.y.apply(value);
    if (!(x >= left - 1 && x <= right + 1) || !(y >= top - 20 && y <= bottom + 20)) return null;
    const place = { "data-knot": `${knot}-${side}`, transform: `translate(${x},${y})` };
    if (this.chart.store.frozen) {
      return svg("g", { ...place, class: "still" }, svg("circle", { r: 4, class: "dot" }));
    }
    const parts = [svg("circle", { r: 14, class: "grip" }), svg("circle", { r: 5, class: "dot" })];
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
    const at = { step, value };
    group.addEventListener("pointerdown", (event) => this.take(event, knot, side, at));
    group.addEventListener("keydown", (event) => this.key(event, knot, side, at));
    return group;
  }

  /** A new movement; null where the knots are not those of the text that stands there now. */
  private grasp(knot: number, side: Side, at: Held["at"]): Held | null {
    const { store } = this.chart;
    const line = store.state.lines[store.state.chosen];
    if (line === undefined || !isCurve(store.entry(line))) return null;
    gestures += 1;
    const { text } = line;
    return { line, text, last: text, knot, side, at, group: `hold knot ${gestures}` };
  }

  private take(event: PointerEvent, knot: number, side: Side, at: Held["at"]): void {
    if (event.button !== 0) return;
    event.preventDefault();
    event.stopPropagation();
    const held = this.grasp(knot, side, at);
    if (held === null) return;
    this.held = held;
    this.chart.hold();
    this.chart.host.classList.add("dragging");
    const from = { x: event.clientX, y: event.clientY };
    const move = (next: PointerEvent): void =>
      this.move(held, next.clientX - from.x, next.clientY - from.y);
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

  private move(held: Held, right: number, down: number): void {
    if (this.frame === null) return;
    const { x, y } = this.frame.scales;
    const step = Math.abs(right) > ALONG ? x.invert(x.apply(held.at.step) + right) : null;
    const value = Math.abs(down) > UP ? y.invert(y.apply(held.at.value) + down) : null;
    this.send(held, step, value);
  }

  private key(event: KeyboardEvent, knot: number, side: Side, at: Held["at"]): void {
    const across = { ArrowLeft: -1, ArrowRight: 1 }[event.key] ?? 0;
    const up = { ArrowUp: 1, ArrowDown: -1 }[event.key] ?? 0;
    if (across === 0 && up === 0) return;
    event.preventDefault();
    const far = event.shiftKey ? 10 : 1;
    const now = performance.now();
    let { keyed } = this;
    // Keys come faster than answers: each goes on from where the last one led.
    const goes =
      keyed?.knot === knot &&
      keyed.side === side &&
      now - keyed.when < PAUSE &&
      mayWrite(keyed, this.chart.store.state.lines);
    if (keyed === null || !goes) {
      const held = this.grasp(knot, side, at);
      if (held === null) return;
      keyed = { ...held, goal: {}, when: now };
    }
    this.keyed = keyed;
    keyed.when = now;
    if (across !== 0) {
      keyed.goal.step = (keyed.goal.step ?? keyed.at.step) + across * far * this.units.step;
    } else keyed.goal.value = this.raised(keyed.goal.value ?? keyed.at.value, up * far);
    this.send(keyed, keyed.goal.step ?? null, keyed.goal.value ?? null);
  }

  /** A value so many keys higher: by a part of the picture, or by a factor where it is by powers. */
  private raised(value: number, keys: number): number {
    if (!this.isLog || value <= 0) return value + keys * this.units.value;
    return rounded(value * FACTOR ** keys);
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
      value: value === null ? null : this.round(value),
      held,
    });
  }

  private round(value: number): number {
    return this.isLog ? rounded(value) : Math.max(this.lowest, snapped(value, this.units.value));
  }

  /** The text as the server wrote it, unless another was written meanwhile. */
  private follow(held: Held, text: string): void {
    if (!mayWrite(held, this.chart.store.state.lines)) return;
    held.last = text;
    this.chart.store.setText(held.line, text, held.group);
  }

  private get isLog(): boolean {
    return this.chart.store.state.log;
  }

  /** Round distances of about two pixels. */
  private get units(): { step: number; value: number } {
    const { scales, left, right, top, bottom } = this.frame as Frame;
    const steps = scales.x.invert(right) - scales.x.invert(left);
    const values = Math.abs(scales.y.invert(top) - scales.y.invert(bottom));
    return {
      step: Math.max(1, quantum((2 * steps) / (right - left))),
      value: quantum((2 * values) / (bottom - top)),
    };
  }

  private get lowest(): number {
    const curve = this.chart.store.curve(this.chart.store.state.chosen);
    return Math.min(0, ...(curve?.knots ?? []).map(([, before, after]) => Math.min(before, after)));
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
