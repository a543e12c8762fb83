// The list of schedules: each a text to edit, what is wrong with it or its numbers, its sliders.
import { announce, el, sample } from "./dom";
import { rate, sentence, step } from "./format";
import { layer } from "./highlight";
import { Sliders } from "./sliders";
import { MOST_LINES, type Store } from "./store";
import type { Curve, Line } from "./types";
import { isCurve } from "./types";

export class Lines {
  readonly host = el("section", { class: "card lines", "aria-labelledby": "lines-title" });
  private readonly list = el("div");
  private rows: Row[] = [];

  constructor(private readonly store: Store) {
    const add = el("button", { type: "button", click: () => this.add() }, "Add a schedule");
    this.host.append(
      el("h2", { id: "lines-title" }, "Schedules"),
      this.list,
      el("div", { class: "actions live" }, add),
    );
    store.on((change) => {
      if (change === "lines") this.build();
      else for (const row of this.rows) row.update();
    });
    this.build();
  }

  private add(): void {
    const { lines, chosen } = this.store.state;
    this.store.add(lines[chosen]?.text ?? "1e-3 * cosine(10000)");
    this.rows[this.rows.length - 1]?.focus(true);
  }

  private build(): void {
    const { lines } = this.store.state;
    const known = this.rows.map((row) => row.line);
    if (lines.length === known.length && lines.every((line, index) => line === known[index])) {
      for (const row of this.rows) row.update();
      return;
    }
    const place = this.rows.findIndex((row) => row.host.contains(document.activeElement));
    const old = this.rows[place];
    const typing = old?.isTyping === true;
    this.rows = lines.map((line, index) => new Row(this.store, line, index));
    this.list.replaceChildren(...this.rows.map((row) => row.host));
    this.host.classList.toggle("full", this.rows.length >= MOST_LINES);
    for (const row of this.rows) row.update();
    if (old === undefined) return;
    // Who was in a row stays in it; of a row that is gone, in the one that has its place.
    const same = this.rows.find((row) => row.line === old.line);
    if (same !== undefined && !typing) same.focusOn("swatch");
    else if (same !== undefined) same.focus(false);
    else this.rows[Math.min(place, this.rows.length - 1)]?.focusOn("remove");
  }
}

class Row {
  readonly host: HTMLElement;
  private readonly field: HTMLTextAreaElement;
  private readonly layer = el("pre", { "aria-hidden": "true" });
  private readonly said: HTMLElement;
  private readonly swatch: HTMLElement;
  private readonly sliders: Sliders;
  private shown = "";

  constructor(
    private readonly store: Store,
    readonly line: Line,
    private readonly index: number,
  ) {
    const id = `line-${index}`;
    this.said = el("p", { id: `${id}-said`, class: "said" });
    this.field = el("textarea", {
      id,
      spellcheck: "false",
      autocomplete: "off",
      autocapitalize: "off",
      rows: 1,
      readonly: store.frozen,
      "aria-label": `Schedule ${index + 1}`,
      "aria-describedby": this.said.id,
      input: () => store.setText(line, this.field.value, `type ${index}`),
      focus: () => store.choose(index),
    });
    this.sliders = new Sliders(store, line);
    this.swatch = this.shows();
    this.host = el(
      "div",
      { class: "line", "data-line": index },
      el("div", { class: "text" }, this.swatch, this.editor(), this.buttons()),
      this.said,
      el("div", { class: "live" }, this.sliders.host),
    );
  }

  get isTyping(): boolean {
    return document.activeElement === this.field;
  }

  focus(all: boolean): void {
    this.field.focus();
    if (all) this.field.select();
  }

  /** On a button of the row; on its text where that button cannot be pressed. */
  focusOn(name: "swatch" | "remove"): void {
    const button = this.host.querySelector<HTMLButtonElement>(`button.${name}`);
    if (button === null || button.disabled) this.field.focus();
    else button.focus();
  }

  update(): void {
    const { store, line } = this;
    this.write(line.text);
    this.host.classList.toggle("chosen", store.state.chosen === this.index);
    this.host.classList.toggle("hidden", !line.shown);
    this.swatch.setAttribute("aria-pressed", String(line.shown));
    const entry = store.entry(line);
    const problem = entry !== undefined && !isCurve(entry) ? entry.error : null;
    this.paint(line.text, problem?.position, entry !== undefined);
    if (entry === undefined) {
      if (store.trouble !== "") this.tell("");
      return;
    }
    this.field.setAttribute("aria-invalid", String(problem !== null));
    this.host.classList.toggle("wrong", problem !== null);
    if (isCurve(entry)) {
      this.tell(numbers(entry));
      this.sliders.update(entry.numbers, line.text);
    } else this.tell(sentence(entry.error.reason));
    // Of a wrong text the numbers are unknown, unless a slider itself wrote it.
    this.sliders.host.inert = problem !== null && !this.sliders.isCurrent;
    if (problem !== null && this.isTyping) announce(sentence(problem.reason));
  }

  /** Where the text is changed from elsewhere, the caret goes to the place of the change. */
  private write(text: string): void {
    const { field } = this;
    const old = field.value;
    if (old === text) return;
    field.value = text;
    if (!this.isTyping) return;
    let same = 0;
    const most = Math.min(old.length, text.length);
    while (same < most && old.at(-1 - same) === text.at(-1 - same)) same += 1;
    field.setSelectionRange(text.length - same, text.length - same);
  }

  /** Colours at once; the mark of an error stays until the server has seen the new text. */
  private paint(text: string, wrong: number | undefined, current: boolean): void {
    const key = `${wrong ?? ""}:${text}`;
    if (key === this.shown || (!current && this.shown.endsWith(`:${text}`))) return;
    this.shown = key;
    this.layer.replaceChildren(...layer(text, wrong));
  }

  private tell(text: string): void {
    if (this.said.textContent !== text) this.said.textContent = text;
  }

  private shows(): HTMLElement {
    const { colour, dash } = this.store.style(this.index);
    const { line } = this;
    const button = el("button", {
      type: "button",
      class: "swatch",
      title: "Show or hide this schedule",
      "aria-label": `Show schedule ${this.index + 1}`,
      click: () => {
        line.shown = !line.shown;
        this.store.tell("look");
      },
    });
    button.append(sample(colour, dash));
    return button;
  }

  private editor(): HTMLElement {
    return el("div", { class: "editor" }, this.layer, this.field);
  }

  private buttons(): HTMLElement {
    const { store, index } = this;
    const remove = el("button", {
      type: "button",
      class: "plain live remove",
      title: "Remove",
      disabled: store.state.lines.length < 2,
      "aria-label": `Remove schedule ${index + 1}`,
      click: () => store.remove(index),
    });
    remove.append("×");
    return remove;
  }
}

/** What there is to know about a schedule, in one line. */
export function numbers(curve: Curve): string {
  const length = curve.length === null ? "endless" : `${step(curve.length)} updates`;
  const [at, high] = curve.highest;
  const after = curve.after === null ? "" : ` · ${rate(curve.after)} from then on`;
  return (
    `${length} · first ${rate(curve.first[1])} · highest ${rate(high)} at ${step(at)} · ` +
    `last ${rate(curve.last[1])}${after}`
  );
}
