import { describe, expect, it } from "vitest";

import { index, literal, replaced, slid, sliderScale } from "../src/literals";
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
    const scale = sliderScale([0, 3, 500, "length", true]);
    expect(slid(scale, 0, true)).toBe(1);
    expect(slid(scale, 0.51234, true)).toBe(512);
    expect(slid(scale, 0.51234, false)).toBe(512);
  });
});
