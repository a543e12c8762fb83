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
    {
      ...{ name: "a.csv", key: "k", points: [0, 1e-3, 7, 1 / 3], updates: 8, against: 0 },
      shown: false,
      audit: { ok: false, summary: "", findings: [{ code: "early", text: "It stopped early." }] },
      audited: '["a",null,{}]',
    },
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

describe("of a state of somebody else is left out", () => {
  const RUN = { ...STATE.runs[0]!, name: "a" };
  const of = (more: object) => checked({ lines: [{ text: "a" }], ...more })!;

  it.each([[[50, 5]], [[-1, 5]], [[0, 1e300]], [[0, 0]], [[0, "5"]], ["05"]])(
    "a view that is none: %j",
    (view) => expect(of({ view }).view).toBeNull(),
  );

  it("names and numbers that the server refuses", () => {
    expect(of({ names: { "a b": 1, "": 2, ok: 3, x: 1e301 } }).names).toEqual({ ok: 3 });
    expect(of({ plan: { updates: 2 ** 53, epochs: 3 } }).plan).toEqual({ epochs: 3 });
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`n${i}`, i]));
    expect(Object.keys(of({ names: many }).names).length).toBe(50);
  });

  it("a text that is too long", () => {
    const lines = [{ text: "x".repeat(100_001) }, { text: "a" }];
    expect(of({ lines }).lines.length).toBe(1);
  });

  it.each([
    { key: "a b" },
    { key: "x".repeat(65) },
    { key: "" },
    { points: [] },
    { points: [0] },
    { points: [0, 1, 1e300, 1] },
    { points: [-5, 1] },
    { points: [5, 1, 4, 1] },
    { points: [0, 1e301] },
    { points: [0, null] },
    { updates: "9" },
    { name: 5 },
  ])("a run that is none: %j", (more) => {
    expect(of({ runs: [{ ...RUN, ...more }] }).runs).toEqual([]);
    expect(of({ runs: [RUN] }).runs.length).toBe(1);
  });

  it("what an audit does not say", () => {
    const one = (audit: unknown) => of({ runs: [{ ...RUN, audit }] }).runs[0]!.audit;
    expect(one({ ok: true, summary: 5, findings: [] })).toBeUndefined();
    expect(one({ ok: "yes", summary: "", findings: [{ text: 1 }] })).toEqual({
      ...{ ok: null, summary: "", findings: [] },
    });
  });

  it("nothing of a run that does not say whether it is shown", () => {
    const { shown: _, ...rest } = RUN;
    expect(of({ runs: [{ ...rest, against: 9 }] }).runs[0]).toMatchObject({
      shown: true,
      against: 0,
    });
  });
});
