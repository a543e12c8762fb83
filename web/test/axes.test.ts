import { describe, expect, it } from "vitest";

import { logTicks } from "../src/axes";
import { aboveZero } from "../src/curves";
import { rangeOf } from "../src/overview";

describe("a logarithmic axis", () => {
  it.each([
    [1e-11, 1.15e-3, 250],
    [2.6e-5, 1.15e-3, 250],
    [3e-4, 4e-3, 160],
    [0.9e-9, 2, 300],
  ])("from %s to %s has words near both ends", (low, high, height) => {
    const ticks = logTicks([low, high], height);
    const decades = Math.log10(high / low);
    const at = (value: number): number => (Math.log10(high / value) / decades) * height;
    expect(ticks.length).toBeGreaterThanOrEqual(3);
    expect(at(ticks[ticks.length - 1]!)).toBeLessThan(45);
    expect(height - at(ticks[0]!)).toBeLessThan(60);
    const places = ticks.map(at);
    for (const [index, place] of places.slice(1).entries()) {
      expect(places[index]! - place).toBeGreaterThan(15);
    }
  });

  it("of less than a power of ten has round numbers", () =>
    expect(logTicks([1, 2], 300)).toContain(1.2));

  it("draws no line through 0", () =>
    expect(
      aboveZero(
        [
          [0, 1],
          [10, 1],
          [10, 0],
          [20, 0],
          [30, 0],
          [30, 2],
        ],
        0.1,
      ),
    ).toEqual([
      [0, 1],
      [10, 1],
      [10, 0.1],
      [10, NaN],
      [20, NaN],
      [30, NaN],
      [30, 0.1],
      [30, 2],
    ]));

  it("lets a line come down to a single 0 and go up again", () =>
    expect(
      aboveZero(
        [
          [0, 1],
          [5, 0],
          [9, 1],
        ],
        0.1,
      ),
    ).toEqual([
      [0, 1],
      [5, 0.1],
      [5, NaN],
      [5, 0.1],
      [9, 1],
    ]));
});

describe("a part of the run", () => {
  it.each([
    ["0", "1,000", [0, 1000]],
    ["5", "5", null],
    ["-1", "5", null],
    ["0", "1e30", null],
    ["", "5", null],
    ["a", "5", null],
  ])("from %j to %j is %j", (from, to, range) => expect(rangeOf(from, to)).toEqual(range));
});
