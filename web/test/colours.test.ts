import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { both, contrast } from "../src/colours";

describe("colours", () => {
  it("have the contrast that WCAG counts", () => {
    expect(contrast("#000000", "#ffffff")).toBeCloseTo(21);
    expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.48, 2);
  });

  // src/lrkit/draw/palette.py
  it.each(["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#7F7F7F"])(
    "stand out on light and on dark paper: %s",
    (hex) => {
      const [light, dark] = both(hex);
      expect(contrast(light!, "#ffffff")).toBeGreaterThanOrEqual(3);
      expect(contrast(dark!, "#181c20")).toBeGreaterThanOrEqual(3.5);
    },
  );

  it("of runs stand out too", () => {
    const css = readFileSync("src/style/base.css", "utf8");
    const [, light, dark] = /--run: light-dark\((#\w+), (#\w+)\)/.exec(css) ?? [];
    expect(contrast(light!, "#ffffff")).toBeGreaterThanOrEqual(3);
    expect(contrast(dark!, "#181c20")).toBeGreaterThanOrEqual(3);
  });
});
