import { describe, expect, it } from "vitest";

import { matches, startFrom } from "../src/gallery";
import { counted, namesOf, planOf, problemWith } from "../src/plan";
import type { Shape } from "../src/types";

describe("the run", () => {
  it.each([
    ["60,000", 60000],
    [" 32 ", 32],
    ["1e6", 1e6],
    ["", null],
    ["many", NaN],
  ])("reads %j", (text, value) => expect(counted(text)).toEqual(value));

  it("is none without numbers", () => expect(planOf(new Map(), false, null)).toBeNull());
  it("is none of accumulation alone", () =>
    expect(planOf(new Map([["accumulation", 2]]), true, null)).toBeNull());
  it("counts epochs before updates", () =>
    expect(
      planOf(
        new Map([
          ["epochs", 2],
          ["updates", 9],
        ]),
        true,
        null,
      ),
    ).toEqual({
      epochs: 2,
      drop_last: true,
    }));
  it("may be updates alone", () =>
    expect(planOf(new Map([["updates", 9]]), false, null)).toEqual({ updates: 9 }));
  it("keeps what the page has no field for", () =>
    expect(planOf(new Map([["epochs", 2]]), false, { batches: 7, remainder: "drop" })).toEqual({
      epochs: 2,
      batches: 7,
      remainder: "drop",
    }));
});

describe("a count", () => {
  it.each([
    [null, null],
    [10, null],
    [NaN, "Updates must be a whole number of 1 or more."],
    [0, "Updates must be a whole number of 1 or more."],
    [1.5, "Updates must be a whole number of 1 or more."],
    [1e30, "Updates must be less than 2**53."],
    [Infinity, "Updates must be less than 2**53."],
  ])("of %s: %j", (value, problem) => expect(problemWith(value, "Updates")).toBe(problem));
});

describe("names", () => {
  it.each([
    ["", {}],
    ["a=1, b_2 = 1e3 ,", { a: 1, b_2: 1000 }],
    ["a", null],
    ["a=x", null],
    ["1a=2", null],
    ["a=1 b=2", null],
    ["a=1e301", null],
  ])("read %j", (text, names) => expect(namesOf(text)).toEqual(names));
});

const SHAPE: Shape = {
  name: "wsd",
  family: "Whole runs",
  title: "Warmup, stable, decay",
  line: "",
  also: ["warmup-stable-decay", "MiniCPM", "WSDLRScheduler"],
  example: "wsd(100, warmup=10, cooldown=25)",
  endless: false,
  path: "",
};

describe("the gallery", () => {
  it.each(["", "wsd", "WSD", "minicpm", "stable decay", "wsd-lr"])("finds %j", (search) =>
    expect(matches(SHAPE, search)).toBe(true),
  );
  it("does not find others", () => expect(matches(SHAPE, "cosine")).toBe(false));

  it("starts from the example over the run", () =>
    expect(startFrom(SHAPE, 3e-4, 10000, 100)).toBe(
      "0.0003 * wsd(100, warmup=10, cooldown=25).over(10000)",
    ));

  it("puts parentheses where it must", () => {
    const joined = { ...SHAPE, example: "warmup(10) >> cosine(90)" };
    expect(startFrom(joined, 1e-5, 50, 100)).toBe("1e-5 * (warmup(10) >> cosine(90)).over(50)");
  });

  it("stretches what has no end", () => {
    const endless = { ...SHAPE, example: "inverse_sqrt(5)", endless: true };
    expect(startFrom(endless, 0, 50, 100)).toBe("1e-3 * inverse_sqrt(5).stretch(0.5)");
  });
});
