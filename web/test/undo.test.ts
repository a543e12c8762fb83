import { beforeEach, describe, expect, it } from "vitest";

import { Store } from "../src/store";
import type { Curve, Drawn, Start } from "../src/types";
import { History, moment } from "../src/undo";

const START: Start = {
  texts: ["cosine(1)", "cosine(2)"],
  plan: null,
  names: {},
  colours: ["#0072B2"],
  dashes: [[]],
  version: "1",
};

let store: Store;
beforeEach(() => (store = new Store(structuredClone(START))));

const texts = (): string[] => store.state.lines.map((line) => line.text);
const line = (index: number) => store.state.lines[index]!;

function curve(text: string): Curve {
  return {
    ...{ text, length: 1, whole: null, points: [0, 1, 1, 0], knots: [], numbers: [] },
    ...{ first: [0, 1], highest: [0, 1], last: [1, 0], after: null },
  };
}

function drawn(...schedules: Drawn["schedules"]): Drawn {
  return { plan: null, span: 1, schedules };
}

describe("undo", () => {
  it("takes back a text, and does it again", () => {
    store.setText(line(1), "cosine(3)");
    store.undo();
    expect(texts()).toEqual(["cosine(1)", "cosine(2)"]);
    store.redo();
    expect(texts()).toEqual(["cosine(1)", "cosine(3)"]);
  });

  it("takes back adding, removing and another state, in their order", () => {
    store.add("hold(1)");
    store.remove(0);
    store.become({ ...store.state, lines: [{ text: "linked", shown: true }] });
    expect(texts()).toEqual(["linked"]);
    store.undo();
    expect(texts()).toEqual(["cosine(2)", "hold(1)"]);
    store.undo();
    expect(texts()).toEqual(["cosine(1)", "cosine(2)", "hold(1)"]);
    store.undo();
    expect(texts()).toEqual(["cosine(1)", "cosine(2)"]);
    expect(store.canUndo).toBe(false);
  });

  it("takes back the run and the names", () => {
    store.before("type epochs");
    store.state.plan = { updates: 5 };
    store.undo();
    expect(store.state.plan).toBeNull();
  });

  it("has nothing to do again after another change", () => {
    store.setText(line(0), "a");
    store.undo();
    store.setText(line(0), "b");
    store.redo();
    expect(texts()[0]).toBe("b");
  });

  it("finds the same lines, so that late answers do", () => {
    const [first] = store.state.lines;
    store.remove(0);
    store.undo();
    expect(store.state.lines[0]).toBe(first);
  });
});

describe("gestures", () => {
  let now = 0;
  let history: History;
  beforeEach(() => {
    now = 5;
    history = new History(() => now);
  });

  function count(): number {
    let found = 0;
    while (history.undo(store.state) !== undefined) found += 1;
    return found;
  }

  it("are one while keys follow each other", () => {
    for (const time of [0, 300, 900, 1800]) {
      now = time;
      history.before(store.state, "type 0");
    }
    expect(count()).toBe(1);
  });

  it("are two with a pause, or in another field", () => {
    history.before(store.state, "type 0");
    now = 2000;
    history.before(store.state, "type 0");
    history.before(store.state, "type 1");
    history.before(store.state);
    history.before(store.state);
    expect(count()).toBe(5);
  });

  it("are one as long as a hand holds on", () => {
    history.before(store.state, "hold knot 1");
    now = 60_000;
    history.before(store.state, "hold knot 1");
    history.before(store.state, "hold knot 2");
    expect(count()).toBe(2);
  });

  it("remember what they change", () => {
    const before = moment(store.state);
    line(0).text = "changed";
    expect(before.lines[0]?.[1]).toBe("cosine(1)");
  });
});

describe("what the server said", () => {
  it("is of a text, not of another that was written since", () => {
    const { lines } = store.state;
    store.setText(line(0), "newer");
    store.take(drawn(curve("cosine(1)"), curve("cosine(2)")), lines, ["cosine(1)", "cosine(2)"]);
    expect(store.entry(line(0))).toBeUndefined();
    expect(store.entry(line(1))).toBeDefined();
    expect(store.curve(0)?.text).toBe("cosine(1)");
  });

  it("goes to its own line, though one before it was removed", () => {
    const { lines } = store.state;
    store.remove(0);
    store.take(drawn(curve("cosine(1)"), curve("cosine(2)")), lines, ["cosine(1)", "cosine(2)"]);
    expect(store.curve(0)?.text).toBe("cosine(2)");
    const finding = { code: "x", text: "of the first" };
    store.takeFindings([[finding], []], lines, ["cosine(1)", "cosine(2)"]);
    expect(store.findings(line(0)).findings).toEqual([]);
  });

  it("of a removed line comes back with it", () => {
    const { lines } = store.state;
    store.takeFindings([[{ code: "x", text: "first" }], []], lines, ["cosine(1)", "cosine(2)"]);
    store.remove(0);
    store.undo();
    expect(store.findings(line(0)).findings.length).toBe(1);
  });
});
