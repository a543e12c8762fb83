import { describe, expect, it } from "vitest";

import { layer, tokens, wordAt } from "../src/highlight";

describe("tokens", () => {
  it("lose nothing", () => {
    for (const text of [
      "",
      "1e-3*cosine(5)",
      '"open',
      "a\n\tb",
      "😀 1 | 2 >> 3",
      "x(1).over(2e+5)",
    ]) {
      expect(
        tokens(text)
          .map((one) => one.text)
          .join(""),
      ).toBe(text);
    }
  });

  it("have kinds", () => {
    const found = tokens('1e-3 * (warmup(500) >> points({0: 1}, curve="hold"))');
    const of = (kind: string): string[] => found.filter((t) => t.kind === kind).map((t) => t.text);
    expect(of("number")).toEqual(["1e-3", "500", "0", "1"]);
    expect(of("call")).toEqual(["warmup", "points"]);
    expect(of("text")).toEqual(['"hold"']);
    expect(of("join")).toEqual([">>"]);
  });
});

describe("the place of an error", () => {
  it.each([
    ["1e-3 * cosin(100)", 7, "cosin"],
    ["cosine(5", 8, ""],
    ["a😀b", 1, "😀"],
    ["cosine(9) 1e-3", 10, "1e-3"],
    ["2.5E+4 x", 0, "2.5E+4"],
  ])("in %s at %s is %s", (text, place, word) => {
    const [begin, end] = wordAt(text, place);
    expect(text.slice(begin, end)).toBe(word);
  });

  it("is marked, and all of the text is there", () => {
    const host = document.createElement("pre");
    host.append(...layer("1e-3 * cosin(100)", 7));
    expect(host.querySelector("mark")?.textContent).toBe("cosin");
    expect(host.textContent).toBe("1e-3 * cosin(100)\n");
  });

  it("shows where a text breaks off", () => {
    const host = document.createElement("pre");
    host.append(...layer("cosine(", 7));
    expect(host.querySelector("mark")?.textContent).toBe(" ");
  });

  it("makes no markup of a text", () => {
    const host = document.createElement("pre");
    host.append(...layer("<img src=x onerror=alert(1)>", 0));
    expect(host.querySelector("img")).toBeNull();
  });
});

describe("a very long text", () => {
  it.each(["x", "1", "a ", "(", "a.b", '"'])("of %j is coloured quickly", (piece) => {
    const begin = performance.now();
    tokens(piece.repeat(20_000 / piece.length));
    layer(piece.repeat(300_000 / piece.length), 5);
    expect(performance.now() - begin).toBeLessThan(500);
  });

  it("has no colours", () => {
    const host = document.createElement("pre");
    host.append(...layer("cosine(1) + ".repeat(5000), 0));
    expect(host.querySelectorAll("span").length).toBe(0);
    expect(host.querySelector("mark")?.textContent).toBe("cosine");
  });
});
