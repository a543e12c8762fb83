// The axes of the picture: rates on the left, updates below, epochs above.
import * as Plot from "@observablehq/plot";
import { ticks } from "d3";

import { rate, shortStep } from "./format";
import type { Range } from "./types";

export interface Paper {
  x: Range;
  y: Range;
  width: number;
  height: number;
  log: boolean;
  /** Updates of an epoch, where they are known. */
  epoch: number | null;
}

export function axes(paper: Paper): Plot.Markish[] {
  const few = Math.max(3, Math.floor(paper.width / 130));
  return [...rates(paper), updates(few), ...epochs(paper, few)];
}

const QUIET = { label: null, tickSize: 0, fill: "currentColor" } as const;
const ALONG = { labelAnchor: "right", labelArrow: "none", tickSize: 4 } as const;

function rates({ y, height, log }: Paper): Plot.Markish[] {
  const levels = log ? logTicks(y, height) : ticks(y[0], y[1], height < 300 ? 4 : 6);
  const marks: Plot.Markish[] = [
    Plot.gridY(levels, { stroke: "currentColor", strokeOpacity: 0.09 }),
    Plot.axisY(levels, { ...QUIET, tickFormat: (value: number) => rate(value, 3) }),
  ];
  if (!log && y[0] <= 0) {
    marks.push(Plot.ruleY([0], { stroke: "currentColor", strokeOpacity: 0.35 }));
  }
  return marks;
}

function updates(few: number): Plot.Markish {
  return Plot.axisX({ ...ALONG, ticks: few, tickFormat: shortStep, label: "updates" });
}

function epochs({ x, epoch }: Paper, few: number): Plot.Markish[] {
  if (epoch === null) return [];
  const steps = ticks(x[0] / epoch, x[1] / epoch, few).map((one) => one * epoch);
  const tickFormat = (step: number): string => String(Number((step / epoch).toPrecision(6)));
  return [Plot.axisX(steps, { ...ALONG, anchor: "top", tickFormat, label: "epochs" })];
}

/** Pixels between two rates, so that their words do not touch. */
const APART = 22;

/**
 * The rates written at a logarithmic axis: powers of ten, and near both of its ends a round one.
 *
 * Within less than a power of ten they are as on a straight axis.
 */
export function logTicks([low, high]: Range, height: number): number[] {
  const decades = Math.log10(high / low);
  const apart = (APART * decades) / height;
  if (decades < 1) return ticks(low, high, height < 300 ? 4 : 6);
  const whole: number[] = [];
  for (let power = Math.ceil(Math.log10(low)); 10 ** power <= high; power += 1) whole.push(power);
  const every = Math.max(1, Math.ceil(whole.length / Math.max(2, Math.floor(height / 50))));
  // From above: the highest rates are those that one looks for.
  const found = whole
    .reverse()
    .filter((_, place) => place % every === 0)
    .map((power) => Number(`1e${power}`));
  for (const end of [leading(high, Math.floor), leading(low, Math.ceil)]) {
    if (end < low || end > high) continue;
    if (found.every((one) => Math.abs(Math.log10(one / end)) >= apart)) found.push(end);
  }
  return found.sort((one, other) => one - other);
}

/** The nearest number of one digit, above or below. */
function leading(value: number, round: (value: number) => number): number {
  const power = Math.floor(Math.log10(value));
  return Number(`${round(value / 10 ** power)}e${power}`);
}
