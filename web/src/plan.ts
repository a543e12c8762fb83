// The run: epochs, examples, batch size; and what the doctor says of each schedule under it.
import { announce, el } from "./dom";
import { step } from "./format";
import type { Store } from "./store";
import type { Finding, Line, Plan } from "./types";

type Count = "epochs" | "examples" | "batch_size" | "accumulation" | "replicas" | "updates";

const FIELDS: [Count, string, string][] = [
  ["epochs", "Epochs", "10"],
  ["examples", "Examples", "60000"],
  ["batch_size", "Batch size", "32"],
  ["accumulation", "Accumulation", "1"],
  ["replicas", "Replicas", "1"],
];
const WHOLE: [Count, string, string] = ["updates", "or just updates", "10000"];

export class PlanPanel {
  readonly host: HTMLElement;
  private readonly inputs = new Map<Count, HTMLInputElement>();
  private readonly drop = el("input", { type: "checkbox", id: "drop" });
  private readonly names = el("input", {
    type: "text",
    id: "names",
    placeholder: "steps=1000",
    spellcheck: "false",
    autocomplete: "off",
    "aria-describedby": "plan-said",
  });
  private readonly said = el("p", { class: "said", id: "plan-said" });
  /** What is wrong with what is typed, by field: the rest of the run counts meanwhile. */
  private readonly wrong = new Map<string, string>();

  constructor(private readonly store: Store) {
    const fields = [...FIELDS, WHOLE].map((field) => this.field(...field));
    this.drop.addEventListener("change", () => this.read("drop"));
    this.names.addEventListener("input", () => this.readNames());
    this.host = el(
      "section",
      { class: "card plan", "aria-labelledby": "plan-title" },
      el("h2", { id: "plan-title" }, "Run"),
      el("div", { class: "fields" }, ...fields),
      el("label", { class: "check", for: "drop" }, this.drop, "drop an incomplete last batch"),
      el("label", { class: "names" }, el("span", {}, "Names in texts"), this.names),
      this.said,
    );
    store.on((change) => {
      if (change === "lines") this.write();
      if (change === "drawn" || change === "said") this.tell();
    });
    this.write();
  }

  private field(name: Count, label: string, placeholder: string): HTMLElement {
    const input = el("input", {
      type: "text",
      inputmode: "numeric",
      id: `plan-${name}`,
      placeholder,
      autocomplete: "off",
      readonly: this.store.frozen,
      "aria-describedby": "plan-said",
    });
    input.addEventListener("input", () => this.read(name));
    this.inputs.set(name, input);
    return el("label", { class: name }, el("span", {}, label), input);
  }

  private write(): void {
    const plan = this.store.state.plan;
    for (const [name, input] of this.inputs) {
      const value = plan?.[name];
      input.value = value === undefined || value === null ? "" : String(value);
      this.judge(name, input, null);
    }
    this.drop.checked = plan?.drop_last === true;
    const told = Object.entries(this.store.state.names).map(([name, value]) => `${name}=${value}`);
    this.names.value = told.join(", ");
    this.judge("names", this.names, null);
    this.tell();
  }

  /** Remember what is wrong with a field, and mark it. */
  private judge(name: string, input: HTMLInputElement, problem: string | null): void {
    input.setAttribute("aria-invalid", String(problem !== null));
    if (problem === null) this.wrong.delete(name);
    else this.wrong.set(name, problem);
  }

  private read(changed: string): void {
    this.store.before(`type ${changed}`);
    const values = new Map<Count, number>();
    for (const [name, label] of [...FIELDS, WHOLE]) {
      const input = this.inputs.get(name);
      if (input === undefined) continue;
      const value = counted(input.value);
      const problem = problemWith(value, name === "updates" ? "Updates" : label);
      this.judge(name, input, problem);
      if (value !== null && problem === null) values.set(name, value);
    }
    this.store.state.plan = planOf(values, this.drop.checked, this.store.state.plan);
    this.changed();
  }

  private readNames(): void {
    this.store.before("type names");
    const names = namesOf(this.names.value);
    this.judge("names", this.names, names === null ? NAMES : null);
    if (names !== null) this.store.state.names = names;
    this.changed();
  }

  private changed(): void {
    this.store.tell("plan");
    this.tell();
    if (this.wrong.size > 0) announce(this.said.textContent ?? "");
  }

  private tell(): void {
    const plan = this.store.drawn?.plan;
    const error = plan && "error" in plan ? plan.error?.reason : undefined;
    const [mine] = this.wrong.values();
    this.host.classList.toggle("wrong", mine !== undefined || error !== undefined);
    this.said.textContent = mine ?? error ?? this.facts();
  }

  private facts(): string {
    const { about, trouble } = this.store;
    if (trouble !== "") return "";
    if (about === null) return "Fill in the run to see epochs and findings.";
    const epoch = about.updates_per_epoch;
    return `${step(about.updates)} updates${epoch ? `, ${step(epoch)} an epoch` : ""}`;
  }
}

const NAMES = "Write names as NAME=NUMBER, with commas between them: rest=9500, low=0.1.";

/** What is wrong with a count, in a sentence. */
export function problemWith(value: number | null, label: string): string | null {
  if (value === null) return null;
  if (Number.isInteger(value) && value >= 1 && value < 2 ** 53) return null;
  if (value >= 2 ** 53) return `${label} must be less than 2**53.`;
  return `${label} must be a whole number of 1 or more.`;
}

/** A count as it is typed, with commas, blanks or an exponent; NaN is no number, null is nothing. */
export function counted(text: string): number | null {
  const plain = text.replaceAll(/[,_\s]/g, "");
  return plain === "" ? null : Number(plain);
}

/** What the page has no field for stays as it was told. */
const OTHERS = [
  "batches",
  "remainder",
  "tokens_per_example",
  "tokens_per_batch",
  "updates_per_second",
] as const;

/** The plan that the fields make: updates count where epochs are not told; null for none. */
export function planOf(values: Map<Count, number>, drop: boolean, old: Plan | null): Plan | null {
  const others = OTHERS.map((name) => [name, old?.[name]] as const);
  const known = [...others, ...values].filter(
    ([, value]) => value !== undefined && value !== null && !Number.isNaN(value),
  );
  const plan: Plan = { ...Object.fromEntries(known), ...(drop ? { drop_last: true } : {}) };
  if (plan.epochs !== undefined) delete plan.updates;
  const told = [plan.epochs, plan.examples, plan.batch_size, plan.updates, plan.batches];
  return told.some((one) => one !== undefined) ? plan : null;
}

/** NAME=NUMBER, separated by commas; null while it is not yet that. */
export function namesOf(text: string): Record<string, number> | null {
  const names: Record<string, number> = {};
  for (const part of text.split(",").map((one) => one.trim())) {
    if (part === "") continue;
    const found = /^([A-Za-z_]\w*)\s*=\s*(\S+)$/.exec(part);
    const value = Number(found?.[2]);
    if (found?.[1] === undefined || !(Math.abs(value) <= 1e300)) return null;
    names[found[1]] = value;
  }
  return Object.keys(names).length > MOST_NAMES ? null : names;
}

const MOST_NAMES = 50;

const WORDS = { note: "Note", warning: "Warning", error: "Error" } as const;

export class Findings {
  readonly host = el("section", { class: "card findings", "aria-labelledby": "findings-title" });
  private readonly list = el("div");
  private readonly title = el("h2", { id: "findings-title", tabindex: -1 }, "Before the run");

  constructor(private readonly store: Store) {
    this.host.append(this.title, this.list);
    store.on((change) => {
      if (change === "said" || change === "lines") this.render();
    });
  }

  render(): void {
    const { store } = this;
    const focused = this.list.contains(document.activeElement);
    this.list.replaceChildren(...this.content());
    // Who used a mend is where the next one is.
    if (focused) (this.list.querySelector("button") ?? this.title).focus();
    const errors = this.list.querySelectorAll(".finding.error, .finding.warning").length;
    if (errors > 0 && store.trouble === "") announce(`${errors} findings before the run.`, 2000);
  }

  private content(): HTMLElement[] {
    const { store } = this;
    if (store.trouble !== "") return [el("p", { class: "finding error" }, store.trouble)];
    const { lines } = store.state;
    const found = lines.flatMap((line, index) => {
      const { text, findings } = store.findings(line);
      return findings.map((one) => this.finding(one, line, text, lines.length > 1 ? index : null));
    });
    const calm = store.about === null ? "Fill in the run to be told." : "Nothing to worry about.";
    return found.length > 0 ? found : [el("p", { class: "calm" }, calm)];
  }

  /** `text` is what the finding is about: of another text its mend would be wrong. */
  private finding(finding: Finding, line: Line, text: string, index: number | null): HTMLElement {
    const severity = finding.severity ?? "warning";
    const whose = index === null ? null : el("span", { class: "dot" });
    if (whose !== null && index !== null) {
      whose.style.background = this.store.style(index).colour;
      whose.title = `schedule ${index + 1}`;
    }
    const mend = finding.mend;
    const use = el("button", { type: "button", class: "live" }, "Use");
    use.addEventListener("click", () => {
      if (line.text === text && mend) this.store.setText(line, mend);
    });
    return el(
      "div",
      { class: `finding ${severity}`, "data-code": finding.code },
      el("p", {}, whose, el("b", {}, WORDS[severity]), ` ${finding.text}`),
      mend ? el("div", { class: "mend" }, el("code", {}, mend), use) : null,
    );
  }
}
