import { beforeEach, describe, expect, it } from "vitest";

import { mayWrite } from "../src/handles";
import { Sliders } from "../src/sliders";
import { Store } from "../src/store";
import type { NumberInText } from "../src/types";

const TEXT = "1e-3 * (warmup(500) >> cosine(9500))";
const NUMBERS: NumberInText[] = [
  [0, 4, 1e-3, "height", false],
  [15, 18, 500, "warmup: length", true],
  [30, 34, 9500, "cosine: length", true],
];

let store: Store;
let sliders: Sliders;

beforeEach(() => {
  store = new Store({
    ...{ texts: [TEXT], plan: null, names: {}, colours: ["#0072B2"], dashes: [[]], version: "" },
  });
  sliders = new Sliders(store, line());
  sliders.update(NUMBERS, TEXT);
  document.body.replaceChildren(sliders.host);
});

const line = () => store.state.lines[0]!;
const input = (which: number) => sliders.host.querySelectorAll("input")[which]!;

function slide(which: number, to: number): void {
  input(which).value = String(to);
  input(which).dispatchEvent(new Event("input"));
}

function press(which: number, key: string): void {
  input(which).dispatchEvent(new KeyboardEvent("keydown", { key, cancelable: true }));
}

describe("sliders", () => {
  it("write their number where it stands", () => {
    slide(1, 1000);
    expect(line().text).toBe("1e-3 * (warmup(1000) >> cosine(9500))");
    slide(2, 0);
    expect(line().text).toBe("1e-3 * (warmup(1000) >> cosine(1))");
  });

  it("leave a text alone that their numbers do not stand in", () => {
    store.setText(line(), `foo + ${TEXT}`);
    slide(1, 900);
    press(1, "ArrowRight");
    expect(line().text).toBe(`foo + ${TEXT}`);
    expect(sliders.isCurrent).toBe(false);
  });

  it("leave the text of a schedule alone that is gone", () => {
    const removed = line();
    store.add("hold(1)");
    store.remove(0);
    slide(1, 900);
    expect(removed.text).toBe(TEXT);
  });

  it("move by one and more with the keys, and stay where they are until they are left", () => {
    press(1, "ArrowRight");
    press(1, "ArrowRight");
    press(1, "ArrowLeft");
    press(1, "PageUp");
    expect(line().text).toContain("warmup(511)");
    const at = Number(input(1).value);
    expect(at).toBeGreaterThan(500);
    sliders.update([NUMBERS[0]!, [15, 18, 511, "warmup: length", true], NUMBERS[2]!], line().text);
    expect(Number(input(1).value)).toBe(at);
    input(1).dispatchEvent(new Event("blur"));
    expect(Number(input(1).value)).toBe(500);
  });

  it("are one gesture while a hand holds them", () => {
    input(0).dispatchEvent(new Event("pointerdown"));
    for (const to of [600, 700, 800]) slide(0, to);
    store.undo();
    expect(line().text).toBe(TEXT);
    expect(store.canUndo).toBe(false);
  });
});

describe("an answer to a drag", () => {
  it("is written while the text is what it was, or what the drag made of it", () => {
    const held = { line: line(), last: TEXT };
    expect(mayWrite(held, store.state.lines)).toBe(true);
    store.setText(line(), "typed since");
    expect(mayWrite(held, store.state.lines)).toBe(false);
  });

  it("is dropped with its schedule", () => {
    const held = { line: line(), last: TEXT };
    store.add("hold(1)");
    store.remove(0);
    expect(mayWrite(held, store.state.lines)).toBe(false);
  });
});
