// The list of schedules: each a text to edit, what is wrong with it or its numbers, its sliders.
import { el, sample } from "./dom";
import { rate, step } from "./format";
import { layer } from "./highlight";
import { Sliders } from "./sliders";
import { MOST_LINES, type Store } from "./store";
import type { Curve } from "./types";
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
    this.rows[this.rows.length - 1]?.focus();
  }

  private build(): void {
    this.rows = this.store.state.lines.map((_, index) => new Row(this.store, index));
    this.list.replaceChildren(...this.rows.map((row) => row.host));
    this.host.classList.toggle("full", this.rows.length >= MOST_LINES);
    for (const row of this.rows) row.update();
  }
}

class Row {
  readonly host: HTMLElement;
  private readonly field: HTMLTextAreaElement;
  private readonly layer = el("pre", { "aria-hidden": "true" });
  private readonly said: HTMLElement;
  private readonly sliders: Sliders;
  private shown = "";

  constructor(
    private readonly store: Store,
    private readonly index: number,
  ) {
    const id = `line-${index}`;
    this.said = el("p", { id: `${id}-said`, class: "said", role: "status" });
    this.field = el("textarea", {
      id,
      spellcheck: "false",
      autocomplete: "off",
      autocapitalize: "off",
      rows: 1,
      readonly: store.frozen,
      "aria-label": `Schedule ${index + 1}`,
      "aria-describedby": this.said.id,
      input: () => store.setText(index, this.field.value),
      focus: () => store.choose(index),
    });
    this.sliders = new Sliders(store, index);
    this.host = el(
      "div",
      { class: "line", "data-line": index },
      el("div", { class: "text" }, this.swatch(), this.editor(), this.buttons()),
      this.said,
      el("div", { class: "live" }, this.sliders.host),
    );
  }

  focus(): void {
    this.field.focus();
    this.field.select();
  }

  update(): void {
    const { store, index } = this;
    const line = store.state.lines[index];
    if (line === undefined) return;
    if (this.field.value !== line.text) this.field.value = line.text;
    this.host.classList.toggle("chosen", store.state.chosen === index);
    this.host.classList.toggle("hidden", !line.shown);
    const entry = store.drawn?.schedules[index];
    const current = store.drawnTexts[index] === line.text;
    const problem = current && entry !== undefined && !isCurve(entry) ? entry.error : null;
    this.paint(line.text, problem?.position, current);
    if (!current) return;
    this.field.setAttribute("aria-invalid", String(problem !== null));
    this.host.classList.toggle("wrong", problem !== null);
    if (problem !== null) this.tell(problem.reason);
    else if (isCurve(entry)) {
      this.tell(numbers(entry));
      this.sliders.update(entry.numbers);
    }
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

  private swatch(): HTMLElement {
    const { colour, dash } = this.store.style(this.index);
    const button = el("button", {
      type: "button",
      class: "swatch",
      title: "Show or hide this schedule",
      "aria-label": `Show or hide schedule ${this.index + 1}`,
      "aria-pressed": this.store.state.lines[this.index]?.shown ? "true" : "false",
      click: () => {
        const line = this.store.state.lines[this.index];
        if (line === undefined) return;
        line.shown = !line.shown;
        button.setAttribute("aria-pressed", String(line.shown));
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
    const alone = store.state.lines.length < 2;
    const remove = el("button", {
      type: "button",
      class: "plain live",
      title: "Remove",
      disabled: alone,
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
