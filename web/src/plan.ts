// The run: epochs, examples, batch size; and what the doctor says of each schedule under it.
import { el } from "./dom";
import { step } from "./format";
import type { Store } from "./store";
import type { Finding, Plan } from "./types";

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
  });
  private readonly said = el("p", { class: "said", role: "status" });

  constructor(private readonly store: Store) {
    const fields = [...FIELDS, WHOLE].map((field) => this.field(...field));
    this.drop.addEventListener("change", () => this.read());
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
      if (change === "drawn") this.tell();
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
    });
    input.addEventListener("input", () => this.read());
    this.inputs.set(name, input);
    return el("label", { class: name }, el("span", {}, label), input);
  }

  private write(): void {
    const plan = this.store.state.plan;
    for (const [name, input] of this.inputs) {
      const value = plan?.[name];
      input.value = value === undefined || value === null ? "" : String(value);
    }
    this.drop.checked = plan?.drop_last === true;
    const told = Object.entries(this.store.state.names).map(([name, value]) => `${name}=${value}`);
    this.names.value = told.join(", ");
  }

  private read(): void {
    const values = new Map<Count, number>();
    for (const [name, input] of this.inputs) {
      const value = counted(input.value);
      input.setAttribute("aria-invalid", String(value !== null && !(value >= 1)));
      if (value !== null) values.set(name, value);
    }
    this.store.state.plan = planOf(values, this.drop.checked, this.store.state.plan);
    this.store.tell("plan");
  }

  private readNames(): void {
    const names = namesOf(this.names.value);
    this.names.setAttribute("aria-invalid", String(names === null));
    if (names === null) return;
    this.store.state.names = names;
    this.store.tell("plan");
  }

  private tell(): void {
    const plan = this.store.drawn?.plan;
    const about = this.store.about;
    this.host.classList.toggle("wrong", plan !== null && about === null);
    this.said.textContent =
      plan && "error" in plan && plan.error
        ? plan.error.reason
        : about === null
          ? "Fill in the run to see epochs and findings."
          : `${step(about.updates)} updates` +
            (about.updates_per_epoch ? `, ${step(about.updates_per_epoch)} an epoch` : "");
  }
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
    if (found?.[1] === undefined || !Number.isFinite(value)) return null;
    names[found[1]] = value;
  }
  return names;
}

const WORDS = { note: "Note", warning: "Warning", error: "Error" } as const;

export class Findings {
  readonly host = el("section", { class: "card findings", "aria-labelledby": "findings-title" });
  private readonly list = el("div", { role: "status" });

  constructor(private readonly store: Store) {
    this.host.append(el("h2", { id: "findings-title" }, "Before the run"), this.list);
    store.on((change) => {
      if (change === "said" || change === "lines") this.render();
    });
  }

  render(): void {
    const { store } = this;
    if (store.trouble !== "") {
      this.list.replaceChildren(el("p", { class: "finding error" }, store.trouble));
      return;
    }
    const several = store.state.lines.length > 1;
    const found = store.findings.flatMap((findings, index) =>
      findings.map((finding) => this.finding(finding, index, several)),
    );
    const calm = store.about === null ? "Fill in the run to be told." : "Nothing to worry about.";
    this.list.replaceChildren(...(found.length > 0 ? found : [el("p", { class: "calm" }, calm)]));
  }

  private finding(finding: Finding, index: number, several: boolean): HTMLElement {
    const severity = finding.severity ?? "warning";
    const { colour } = this.store.style(index);
    const whose = several ? el("span", { class: "dot", style: `background:${colour}` }) : null;
    const mend = finding.mend;
    const use = el("button", { type: "button", class: "live" }, "Use");
    use.addEventListener("click", () => this.store.setText(index, mend ?? ""));
    return el(
      "div",
      { class: `finding ${severity}`, "data-code": finding.code },
      el("p", {}, whose, el("b", {}, WORDS[severity]), ` ${finding.text}`),
      mend ? el("div", { class: "mend" }, el("code", {}, mend), use) : null,
    );
  }
}
