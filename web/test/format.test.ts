import { describe, expect, it } from "vitest";

import { quantum, rate, rounded, sentence, shortStep, snapped, spelt, step } from "../src/format";

describe("rate", () => {
  it.each([
    [0.0003, "0.0003"],
    [0.00030000000000000003, "0.0003"],
    [1e-5, "1e-5"],
    [2.7340000001e-11, "2.734e-11"],
    [0, "0"],
    [1234567, "1.235e6"],
    [-0.5, "-0.5"],
  ])("writes %s as %s", (value, text) => expect(rate(value)).toBe(text));
});

describe("step", () => {
  it.each([
    [10000, "10,000"],
    [156.5, "156.5"],
    [Infinity, "endless"],
    [2 ** 60, "1.153e18"],
  ])("writes %s as %s", (value, text) => expect(step(value)).toBe(text));

  it.each([
    [500, "500"],
    [1500, "1.5k"],
    [1234, "1,234"],
    [12_345, "12.345k"],
    [2_000_000, "2M"],
    [0, "0"],
  ])("writes %s on an axis as %s", (value, text) => expect(shortStep(value)).toBe(text));
});

describe("spelt", () => {
  it.each([
    [0.00125, "1e-3", "1.25e-3"],
    [730, "500", "730"],
    [7.3, "5", "7.3"],
    [0.12, "0.1", "0.12"],
    [5e-8, "1e-3", "5e-8"],
    [0, "1e-3", "0"],
    [100000, "9500", "100000"],
  ])("writes %s in the manner of %s as %s", (value, old, text) =>
    expect(spelt(value, old)).toBe(text),
  );

  it("keeps a whole number whole however large it is", () =>
    expect(spelt(123456789, "9500")).toBe("123456789"));
});

describe("round numbers", () => {
  it.each([
    [7, 5],
    [23, 20],
    [1, 1],
    [0.00034, 0.0002],
  ])("the quantum of %s is %s", (distance, found) =>
    expect(quantum(distance)).toBeCloseTo(found, 12),
  );

  it("snaps without binary dust", () =>
    expect(snapped(0.00030000000000000003, 0.0001)).toBe(0.0003));
  it("rounds to digits", () => expect(rounded(0.0012345)).toBe(0.00123));
  it("rounds nothing to nothing", () => expect(rounded(0)).toBe(0));
});

describe("a sentence", () => {
  it.each([
    ["Perhaps you forgot a comma?.", "Perhaps you forgot a comma?"],
    ["It is wrong.", "It is wrong."],
  ])("%j ends once", (text, found) => expect(sentence(text)).toBe(found));
});
