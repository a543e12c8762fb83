import { describe, expect, it } from "vitest";

import { index, literal, replaced, slid, sliderScale, stepped } from "../src/literals";
import type { NumberInText } from "../src/types";

const TEXT = "1e-3 * (warmup(500) >> cosine(9500))";
const NUMBERS: NumberInText[] = [
  [0, 4, 1e-3, "height", false],
  [15, 18, 500, "warmup: length", true],
  [30, 34, 9500, "cosine: length", true],
];

describe("places", () => {
  it("are counted in characters, not in UTF-16 units", () => {
    expect(index("a😀b", 2)).toBe(3);
    expect(index("a😀b", 99)).toBe(4);
  });

  it("give the literals", () =>
    expect(NUMBERS.map((one) => literal(TEXT, one))).toEqual(["1e-3", "500", "9500"]));
});

describe("replaced", () => {
  it("changes one number and moves those behind it", () => {
    const once = replaced(TEXT, NUMBERS, 1, 12000);
    expect(once.text).toBe("1e-3 * (warmup(12000) >> cosine(9500))");
    const twice = replaced(once.text, once.numbers, 2, 1);
    expect(twice.text).toBe("1e-3 * (warmup(12000) >> cosine(1))");
    const thrice = replaced(twice.text, twice.numbers, 0, 0.00025);
    expect(thrice.text).toBe("0.25e-3 * (warmup(12000) >> cosine(1))");
    expect(thrice.numbers.map((one) => literal(thrice.text, one))).toEqual([
      "0.25e-3",
      "12000",
      "1",
    ]);
  });

  it("leaves the text where there is no such number", () =>
    expect(replaced(TEXT, NUMBERS, 9, 1).text).toBe(TEXT));

  it("works behind characters of two units", () => {
    const text = "# 😀\ncosine(10)";
    const numbers: NumberInText[] = [[11, 13, 10, "cosine: length", true]];
    expect(replaced(text, numbers, 0, 77).text).toBe("# 😀\ncosine(77)");
  });
});

describe("sliders", () => {
  it.each(NUMBERS)("have their number on the way: %s", (...number) => {
    const scale = sliderScale(number as NumberInText);
    const part = scale.part(number[2]);
    expect(part).toBeGreaterThan(0.2);
    expect(part).toBeLessThan(0.8);
    expect(scale.value(part)).toBeCloseTo(number[2], 9);
  });

  it("go by factors where the number is a rate", () => {
    const scale = sliderScale([0, 4, 1e-3, "height", false]);
    expect(scale.value(0)).toBeCloseTo(1e-3 / 30);
    expect(scale.value(1)).toBeCloseTo(30e-3);
  });

  it("have room where the number is 0", () =>
    expect(sliderScale([0, 1, 0, "stop", true]).high).toBe(1));

  it("stay whole, and above nothing", () => {
    const scale = sliderScale([0, 3, 500, "cosine: length", true]);
    expect(slid(scale, 0)).toBe(1);
    expect(slid(scale, 0.5)).toBe(501);
    expect(slid(scale, 0.51234)).toBe(513);
  });

  it("reach 0 where that is a value, and come back", () => {
    const stop = sliderScale([0, 1, 0, "cosine: stop", true]);
    expect([slid(stop, 0), slid(stop, 0.25), slid(stop, 1)]).toEqual([0, 0.25, 1]);
    expect(slid(sliderScale([0, 1, 1, "points: value at 0", true]), 0)).toBe(0);
  });

  it("go below 1 where the number is a height", () => {
    const height = sliderScale([0, 1, 1, "height", true]);
    expect(slid(height, 0)).toBeCloseTo(1 / 30, 3);
  });

  it("do not reach 0 where that is an error", () => {
    for (const number of [
      [0, 3, 1e4, "cosine: length", false],
      [0, 3, 2, "cosine: power", true],
      [0, 3, 1, "repeat: times", true],
      [0, 3, 0.3, "one_cycle: warmup", false],
    ] as NumberInText[]) {
      expect(slid(sliderScale(number), 0)).toBeGreaterThan(0);
    }
  });
});

describe("a key on a slider", () => {
  it.each([
    [3, "cosine: length", true],
    [100, "cosine: length", true],
    [249, "warmup: length", true],
    [9500, "cosine: length", true],
    [123_456, "cosine: length", true],
    [1, "height", true],
    [2, "cosine: power", true],
    [1e-3, "height", false],
    [0.1, "cosine: stop", false],
    [9.99, "height", false],
  ] as const)("moves %s of %s, up and down", (value, label, whole) => {
    const scale = sliderScale([0, 1, value, label, whole]);
    const [up, down] = [stepped(scale, value, 1), stepped(scale, value, -1)];
    expect(up).toBeGreaterThan(value);
    expect(down).toBeLessThan(value);
    expect(up - value).toBeLessThan(Math.max(1.01, 0.03 * value));
    if (scale.whole) expect([up, down].every(Number.isInteger)).toBe(true);
  });

  it("stops at the ends", () => {
    const scale = sliderScale([0, 1, 1, "warmup: length", true]);
    expect(stepped(scale, 1, -1)).toBe(1);
    const stop = sliderScale([0, 1, 0, "cosine: stop", true]);
    expect(stepped(stop, 0, -1)).toBe(0);
    expect(stepped(stop, 0, 10)).toBeCloseTo(0.01);
  });
});
