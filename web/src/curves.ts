// From what the server sent to what is drawn: points, ranges, the value at a step.
import type { Store } from "./store";
import type { Flat, Range } from "./types";

export type Point = [step: number, value: number];

export interface Drawable {
  /** Which line or run it is, for the tests and for styles. */
  id: string;
  label: string;
  points: Point[];
  colour: string;
  /** Of a run: within its tube. */
  dash: string;
  isRun: boolean;
  /** The text is being mended: this is the last that could be drawn. */
  isOld: boolean;
}

export function pairs(flat: Flat): Point[] {
  const points: Point[] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) points.push([flat[i] ?? 0, flat[i + 1] ?? 0]);
  return points;
}

/** Everything to draw, runs first: the planned curve lies on the applied one. */
export function drawables(store: Store, whole = false): Drawable[] {
  const { lines, runs } = store.state;
  const found: Drawable[] = [];
  runs.forEach((run, index) => {
    if (!run.shown) return;
    const points = pairs(run.points);
    const look = { colour: RUN, dash: runDash(index), isRun: true, isOld: false };
    found.push({ id: `run-${index}`, label: run.name, points, ...look });
  });
  lines.forEach((line, index) => {
    const curve = store.curve(index);
    if (!line.shown || curve === undefined) return;
    found.push({
      id: `line-${index}`,
      label: curve.text,
      points: pairs((whole ? curve.whole : null) ?? curve.points),
      ...store.style(index),
      isRun: false,
      isOld: store.isWrong(line),
    });
  });
  return found;
}

/** What was applied is a tube in ink: no schedule looks like it. */
export const RUN = "var(--run)";
/** Dashes within the tube, one for each run. */
const WITHIN = ["", "2 7", "9 7", "2 4 9 4"];

export function runDash(index: number): string {
  return WITHIN[index % WITHIN.length] ?? "";
}

/**
 * The points for a logarithmic scale: what comes down to 0 goes to the edge, and there it ends.
 *
 * Points without a value break the line.
 */
export function aboveZero(points: Point[], edge: number): Point[] {
  const found: Point[] = [];
  points.forEach(([step, value], place) => {
    if (value > 0) found.push([step, value]);
    else {
      const [before, after] = [points[place - 1]?.[1] ?? 0, points[place + 1]?.[1] ?? 0];
      if (before > 0) found.push([step, edge]);
      found.push([step, NaN]);
      if (after > 0) found.push([step, edge]);
    }
  });
  return found;
}

/** The part of the steps that is in view. */
export function extent(store: Store): Range {
  return store.state.view ?? [0, store.span];
}

/** Lowest and highest value in view, with room above; from 0 unless the scale is logarithmic. */
export function heights(curves: Drawable[], [begin, end]: Range, log: boolean): Range {
  let low = Infinity;
  let high = -Infinity;
  for (const curve of curves) {
    for (const [step, value] of curve.points) {
      if (step < begin || step > end || (log && value <= 0)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  if (low > high) return log ? [1e-6, 1] : [0, 1];
  if (log) return [Math.max(low, high * 1e-8) / 1.15, high * 1.15];
  const bottom = Math.min(0, low);
  const top = Math.max(high, bottom + 1e-300, high > 0 ? 0 : bottom + 1);
  return [bottom < 0 ? bottom - 0.06 * (top - bottom) : 0, top + 0.06 * (top - bottom)];
}

/** The value at a step on the straight line between two points: near the real one. */
export function valueAt(points: Point[], step: number): number | undefined {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.[0] ?? 0) <= step) low = middle + 1;
    else high = middle;
  }
  const before = points[low - 1];
  const after = points[low];
  if (before === undefined) return undefined;
  if (after === undefined) return before[0] === step ? before[1] : undefined;
  const part = (step - before[0]) / (after[0] - before[0]);
  return before[1] + part * (after[1] - before[1]);
}

/** The range of a warmup: from 0 to a little past the first join of the chosen schedule. */
export function warmupRange(store: Store): Range {
  const knots = store.curve(store.state.chosen)?.knots ?? [];
  const join = knots.find(([step]) => step > 0)?.[0];
  const end = join !== undefined && join < store.span ? 1.4 * join : store.span / 20;
  return [0, Math.min(store.span, Math.max(end, 2))];
}

/** The last twentieth, and a little of what comes after. */
export function endRange(store: Store): Range {
  const length = store.curve(store.state.chosen)?.length ?? store.span;
  const width = Math.max(length / 20, 2);
  return [Math.max(0, length - width), length + width / 10];
}
