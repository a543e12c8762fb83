import { describe, expect, it, vi } from "vitest";

import { packageOf } from "../build/licences";
import { assembled, escaped } from "../src/exporting";
import { blocks, bodyOf, table } from "../src/table";
import type { Start } from "../src/types";

const START: Start = {
  texts: ["</script><script>alert(1)</script>"],
  plan: null,
  names: {},
  colours: [],
  dashes: [],
  version: "1",
};

describe("an exported page", () => {
  const page = assembled("a{}", "let x", "licence", START);

  it("holds its data without ending an element", () => {
    expect(page.match(/<script/g)?.length).toBe(3);
    const found = new DOMParser().parseFromString(page, "text/html");
    expect(JSON.parse(found.getElementById("start")?.textContent ?? "")).toEqual(START);
    expect(found.querySelectorAll("script").length).toBe(3);
  });

  it("may load nothing", () => expect(page).toContain("default-src 'none'"));
  it("tells its texts without a script", () =>
    expect(page).toContain("<noscript><ul><li><code>&lt;/script"));
});

describe("a table", () => {
  it("of one schedule is one that lrkit diff reads", async () => {
    const text = await read(table(["cosine(2)"], [bodyOf(0, [[1, 0.5]]), bodyOf(2, [[0.25]])]));
    expect(text).toBe("step,learning_rate\n0,1\n1,0.5\n2,0.25\n");
  });

  it("of several has their texts above", async () => {
    const text = await read(table(['a"b', "c\nd"], [bodyOf(0, [[1], null])]));
    expect(text).toBe('step,"a""b","c d"\n0,1,\n');
  });

  it("is asked for in blocks, and says how far it is", async () => {
    const asked: [number, number][] = [];
    const told: number[] = [];
    const rates: number[] = [];
    await blocks(
      { texts: ["a", "b"], plan: null, names: {} },
      25_000,
      (_, [first]) => rates.push(...(first ?? [])),
      (done) => told.push(done),
      async (question) => {
        const begin = question.begin as number;
        // The server may answer less than it was asked for.
        const end = Math.min(question.end as number, begin + 9000);
        asked.push([begin, question.end as number]);
        const steps = Array.from({ length: end - begin }, (_, at) => begin + at);
        return { begin, end, rates: [steps, null] };
      },
    );
    expect(rates).toEqual(Array.from({ length: 25_000 }, (_, at) => at));
    expect(asked).toEqual([
      [0, 10_000],
      [9000, 19_000],
      [18_000, 25_000],
    ]);
    expect(told).toEqual([9000, 18_000, 25_000]);
  });

  it("is refused where updates are left out", async () => {
    const thinned = async (): Promise<never> => ({ begin: 0, end: 10, rates: [[1, 2]] }) as never;
    const asked = blocks({ texts: ["a"], plan: null, names: {} }, 10, vi.fn(), vi.fn(), thinned);
    await expect(asked).rejects.toThrow("left out");
  });
});

function read(blob: Blob): Promise<string> {
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.readAsText(blob);
  });
}

describe("licences", () => {
  it("belong to packages", () => {
    expect(packageOf("/a/node_modules/d3-array/src/index.js")).toBe("/a/node_modules/d3-array");
    expect(packageOf("/a/node_modules/@o/plot/src/x.js")).toBe("/a/node_modules/@o/plot");
    expect(packageOf("/a/web/src/main.ts")).toBeUndefined();
  });
});

describe("escaped", () => {
  it("leaves no markup", () => expect(escaped("<a & b>")).toBe("&lt;a &amp; b&gt;"));
});
