import { describe, expect, it } from "vitest";

import { packageOf } from "../build/licences";
import { assembled, escaped, table } from "../src/exporting";
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
    const text = await read(
      table(
        ["cosine(2)"],
        [
          [0, 1],
          [1, 0.5],
        ],
      ),
    );
    expect(text).toBe("step,learning_rate\n0,1\n1,0.5\n");
  });

  it("of several has their texts above", async () =>
    expect(await read(table(['a"b', "c\nd"], [[0, 1, ""]]))).toBe('step,"a""b","c d"\n0,1,\n'));
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
