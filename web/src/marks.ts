// What lies between the axes: schedules as lines, runs as tubes, the end of the run.
import * as Plot from "@observablehq/plot";

import type { Drawable, Point } from "./curves";
import { aboveZero, valueAt } from "./curves";
import type { Range } from "./types";

/** Widths of a run: its tube, and the paper within. */
const TUBE = 8;
const CORE = 4;
const LINE = 2.25;
/** Characters of a run's name at its end. */
const NAME = 22;
/** Pixels of one, about. */
const LETTER = 7;
/** Words lie on paper: a curve that crosses them does not cross them out. */
const HALO = { stroke: "var(--card)", strokeWidth: 4, strokeLinejoin: "round" } as const;

/** One curve; `edge` is where a logarithmic scale ends, below which 0 lies. */
export function curveMarks(curve: Drawable, edge: number | null): Plot.Markish[] {
  const points = edge === null ? curve.points : aboveZero(curve.points, edge);
  if (!curve.isRun) return [line(points, curve, LINE, curve.dash, curve.isOld ? 0.35 : 1)];
  const marks = [
    line(points, curve, TUBE),
    line(points, { ...curve, id: "", colour: "var(--card)" }, CORE),
  ];
  if (curve.dash !== "") marks.push(line(points, { ...curve, id: "" }, CORE, curve.dash));
  return marks;
}

function line(
  points: Point[],
  { id, label, colour }: Pick<Drawable, "id" | "label" | "colour">,
  width: number,
  dash = "",
  opacity = 1,
): Plot.Markish {
  return Plot.line(points, {
    x: (point: Point) => point[0],
    y: (point: Point) => point[1],
    stroke: colour,
    strokeWidth: width,
    strokeOpacity: opacity,
    strokeDasharray: dash || undefined,
    strokeLinejoin: "round",
    strokeLinecap: "butt",
    clip: true,
    render: (index, scales, values, dimensions, context, next) => {
      const group = next?.(index, scales, values, dimensions, context) ?? null;
      if (id === "") group?.setAttribute("aria-hidden", "true");
      else {
        group?.setAttribute("data-curve", id);
        group?.setAttribute("aria-label", label.slice(0, 300));
      }
      return group;
    },
  });
}

/** Where the run ends. */
export function endMarks(end: number | undefined, x: Range): Plot.Markish[] {
  if (end === undefined || end < x[0] || end > x[1]) return [];
  // On the side with more room.
  const left = end - x[0] > x[1] - end;
  const at = { frameAnchor: "top", textAnchor: left ? "end" : "start", dx: left ? -5 : 5 } as const;
  const label = { x: () => end, text: () => "end of the run", fill: "var(--soft)" };
  return [
    Plot.ruleX([end], { stroke: "currentColor", strokeOpacity: 0.45, strokeDasharray: "2 3" }),
    Plot.text([end], { ...label, ...at, dy: 3, ...HALO }),
  ];
}

/** The paper between the axes, in steps, rates and pixels. */
export interface Ground {
  x: Range;
  y: Range;
  width: number;
  height: number;
  log: boolean;
}

/** The name of each run, where its curve leaves the picture. */
export function runNames(curves: Drawable[], ground: Ground): Plot.Markish[] {
  const { x, y, width } = ground;
  return curves
    .filter((curve) => curve.isRun)
    .flatMap((curve) => {
      const inside = curve.points.filter(
        ([step, value]) => step >= x[0] && step <= x[1] && value >= y[0] && value <= y[1],
      );
      const last = inside[inside.length - 1];
      if (last === undefined) return [];
      const short = curve.label.replace(/\.csv$/i, "");
      const most = Math.min(NAME, Math.floor(width / (3 * LETTER)));
      const name = short.length > most ? `${short.slice(0, most - 1)}…` : short;
      const size = LETTER * name.length;
      const left = (width * (x[1] - last[0])) / (x[1] - x[0]) < size + 8;
      const dy = freest(curves, ground, last, left ? -size : size);
      const at = { textAnchor: left ? "end" : "start", dx: left ? -8 : 8, dy } as const;
      const words = { text: () => name, fill: "var(--soft)", fontWeight: 600, ...HALO };
      return [Plot.text([last], { x: () => last[0], y: () => last[1], ...at, ...words })];
    });
}

/** Where beside the end of a curve words may stand, in pixels below it: the first is the best. */
const PLACES = [-9, 16, -24, -40];
/** A pixel farther from the curve is as bad as so much of a sample crossed. */
const FAR = 0.1;
/** Pixels that words take above and below their middle. */
const ROOM = 9;
const SAMPLES = 8;

/** The place with the fewest curves in it, of those that are as free the nearest. */
export function freest(
  curves: Drawable[],
  ground: Ground,
  [step, value]: Point,
  size: number,
): number {
  const { x, width, height } = ground;
  const along = (x[1] - x[0]) / width;
  const top = pixel(value, ground);
  const met = curves.flatMap((curve) =>
    Array.from({ length: SAMPLES }, (_, part) => {
      const there = valueAt(curve.points, step + along * size * ((part + 0.5) / SAMPLES));
      return there === undefined ? Infinity : pixel(there, ground) - top;
    }),
  );
  const crossed = PLACES.map((dy) => {
    if (top + dy < ROOM || top + dy > height - ROOM) return Infinity;
    return met.filter((one) => Math.abs(one - dy) < ROOM).length + FAR * Math.abs(dy);
  });
  return PLACES[crossed.indexOf(Math.min(...crossed))] ?? -9;
}

function pixel(value: number, { y, height, log }: Ground): number {
  const [low, high, at] = log
    ? [...y, value].map((one) => Math.log(Math.max(one, 1e-300)))
    : [...y, value];
  return height * (1 - ((at ?? 0) - (low ?? 0)) / ((high ?? 1) - (low ?? 0)));
}
