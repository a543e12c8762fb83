import { describe, expect, it } from "vitest";

import type { Drawable, Point } from "../src/curves";
import type { Ground } from "../src/marks";
import { freest } from "../src/marks";

function curve(points: Point[]): Drawable {
  return { id: "", label: "", points, colour: "", dash: "", isRun: false, isOld: false };
}

const ground: Ground = { x: [0, 100], y: [0, 1], width: 100, height: 100, log: false };
const END: Point = [50, 0.5];

describe("words at the end of a curve", () => {
  it("stand just above it", () => expect(freest([], ground, END, 40)).toBe(-9));

  it("stand where no other curve is", () => {
    const above = curve([
      [0, 0.6],
      [100, 0.6],
    ]);
    expect(freest([above], ground, END, 40)).toBe(16);
    const below = curve([
      [0, 0.35],
      [100, 0.35],
    ]);
    expect(freest([above, below], ground, END, 40)).toBe(-24);
  });

  it("stay within the picture", () => expect(freest([], ground, [50, 1], 40)).toBe(16));

  it("know a logarithmic scale", () => {
    const log: Ground = { ...ground, y: [1e-4, 1], log: true };
    const above = curve([
      [0, 0.025],
      [100, 0.025],
    ]);
    expect(freest([above], log, [50, 1e-2], 40)).toBe(16);
  });
});
