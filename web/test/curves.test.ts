import { describe, expect, it } from "vitest";

import type { Drawable } from "../src/curves";
import { heights, pairs, valueAt } from "../src/curves";
import { sides } from "../src/handles";

function curve(points: [number, number][]): Drawable {
  return { id: "line-0", label: "", points, colour: "", dash: "", isRun: false, isOld: false };
}

describe("points", () => {
  it("come in pairs", () =>
    expect(pairs([0, 1, 5, 2])).toEqual([
      [0, 1],
      [5, 2],
    ]));

  it("are joined by lines", () => {
    const points: [number, number][] = [
      [0, 0],
      [10, 1],
      [10, 5],
      [20, 5],
    ];
    expect(valueAt(points, 5)).toBe(0.5);
    expect(valueAt(points, 10)).toBe(5);
    expect(valueAt(points, 20)).toBe(5);
    expect(valueAt(points, -1)).toBeUndefined();
    expect(valueAt(points, 21)).toBeUndefined();
  });
});

describe("heights", () => {
  it("begin at 0 and have room above", () => {
    const [low, high] = heights(
      [
        curve([
          [0, 0.5],
          [10, 1],
        ]),
      ],
      [0, 10],
      false,
    );
    expect(low).toBe(0);
    expect(high).toBeCloseTo(1.06);
  });

  it("are of what is in view", () =>
    expect(
      heights(
        [
          curve([
            [0, 9],
            [10, 1],
            [20, 1],
          ]),
        ],
        [5, 20],
        false,
      )[1],
    ).toBeCloseTo(1.06));

  it("are never empty", () => {
    for (const points of [[], [[0, 0]], [[0, -1]]] as [number, number][][]) {
      for (const log of [false, true]) {
        const [low, high] = heights([curve(points)], [0, 10], log);
        expect(high).toBeGreaterThan(low);
        expect(low > 0 || !log).toBe(true);
      }
    }
  });

  it("leave room below negative rates", () =>
    expect(
      heights(
        [
          curve([
            [0, -1],
            [10, 1],
          ]),
        ],
        [0, 10],
        false,
      )[0],
    ).toBeLessThan(-1));
});

describe("handles", () => {
  it("are one of a join and two of a jump", () => {
    expect(sides([5, 1, 1])).toEqual([["both", 1]]);
    expect(sides([5, 1, 2])).toEqual([
      ["before", 1],
      ["after", 2],
    ]);
  });
});
