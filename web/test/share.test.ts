// @vitest-environment node
import { describe, expect, it } from "vitest";

import { checked, fromFragment, toFragment } from "../src/share";
import type { State } from "../src/types";

const STATE: State = {
  lines: [
    { text: "1e-3 * (warmup(500) >> cosine(9500))", shown: true },
    { text: "😀 wrong", shown: false },
  ],
  runs: [
    { name: "a.csv", key: "k", points: [0, 1e-3, 7, 1 / 3], updates: 8, against: 0, shown: true },
  ],
  plan: { epochs: 10, examples: 32000, batch_size: 32, drop_last: true },
  names: { rest: 5 },
  view: [0, 700],
  log: true,
  chosen: 1,
};

describe("a link", () => {
  it("holds the whole state", async () => {
    const fragment = await toFragment(STATE);
    expect(fragment).toMatch(/^#s=[\w-]+$/);
    const back = await fromFragment(fragment);
    expect(back).toEqual({
      ...STATE,
      runs: [{ ...STATE.runs[0], points: [0, 1e-3, 7, 0.333333] }],
    });
  });

  it("does not hold the file of a run", async () => {
    const [run] = STATE.runs;
    const long = "step,lr\n".repeat(100_000);
    const fragment = await toFragment({ ...STATE, runs: [{ ...run!, csv: long }] });
    expect(fragment.length).toBeLessThan(1000);
  });

  it.each(["", "#", "#s=", "#s=!!!", "#s=AAAA", "#other"])(
    "that is broken is none: %s",
    async (one) => expect(await fromFragment(one)).toBeNull(),
  );

  it("that would fill the memory is none", async () => {
    const lines = [{ text: "x".repeat(9_000_000), shown: true }];
    expect(await fromFragment(await toFragment({ ...STATE, lines }))).toBeNull();
  });
});

describe("a state of somebody else", () => {
  it.each([null, 3, [], {}, { lines: 3 }, { lines: [] }, { lines: [{}] }])(
    "is checked: %j",
    (one) => expect(checked(one)).toBeNull(),
  );

  it("keeps only what is meant to be there", () => {
    const found = checked({
      lines: [{ text: "a" }, { text: 5 }],
      runs: [{ name: 1 }, null],
      plan: { epochs: "10", evil: 1, updates: 5 },
      names: { a: Infinity, b: 2 },
      view: [1],
      chosen: 99,
    });
    expect(found).toEqual({
      lines: [{ text: "a", shown: true }],
      runs: [],
      plan: { updates: 5 },
      names: { b: 2 },
      view: null,
      log: false,
      chosen: 0,
    });
  });
});
