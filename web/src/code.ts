// The code beside the picture, to copy.
import { Latest, ask } from "./api";
import { el, toast } from "./dom";
import type { Store } from "./store";

export const LIBRARIES: [string, string][] = [
  ["keras", "Keras"],
  ["torch", "PyTorch"],
  ["optax", "optax"],
  ["python", "Python"],
  ["cli", "Shell"],
];
/** Libraries that can say it in their own words. */
const OWN = ["keras", "torch", "optax"];

interface Answer {
  code?: string;
  cannot?: string;
}

export class CodePanel {
  readonly host = el("section", { class: "card code", "aria-labelledby": "code-title" });
  private readonly shown = el("pre", { id: "code", tabindex: 0 });
  private readonly own = el("input", { type: "checkbox", id: "own" });
  private readonly ownLabel = el("label", { class: "check live" }, this.own, "without lrkit");
  private readonly tabs: HTMLButtonElement[];
  private library = "keras";
  private timer = 0;
  private readonly asking = new Latest<Answer>(
    (answer) => this.show(answer),
    (reason) => this.show({ cannot: reason }),
  );

  constructor(private readonly store: Store) {
    this.tabs = LIBRARIES.map(([key, name]) => this.tab(key, name));
    this.own.addEventListener("change", () => this.ask());
    const copy = el("button", { type: "button", click: () => void this.copy() }, "Copy");
    this.host.append(
      el("h2", { id: "code-title" }, "Code"),
      el("div", { class: "tabs", role: "tablist", "aria-label": "Library" }, ...this.tabs),
      el("div", { role: "tabpanel", "aria-labelledby": "tab-keras" }, this.shown),
      el("div", { class: "actions" }, copy, this.ownLabel),
    );
    store.on((change) => {
      if (change === "drawn" || change === "look" || change === "lines") this.later();
    });
    this.choose("keras");
  }

  private tab(key: string, name: string): HTMLButtonElement {
    const tab = el(
      "button",
      { type: "button", role: "tab", id: `tab-${key}`, "data-key": key },
      name,
    );
    tab.addEventListener("click", () => this.choose(key));
    tab.addEventListener("keydown", (event) => {
      const next = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (next === undefined) return;
      const count = LIBRARIES.length;
      const place = LIBRARIES.findIndex(([one]) => one === key);
      const found = LIBRARIES[(place + next + count) % count];
      if (found === undefined) return;
      this.choose(found[0]);
      document.getElementById(`tab-${found[0]}`)?.focus();
    });
    return tab;
  }

  private choose(key: string): void {
    this.library = key;
    for (const tab of this.tabs) {
      const chosen = tab.dataset.key === key;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
    }
    this.shown.parentElement?.setAttribute("aria-labelledby", `tab-${key}`);
    this.ownLabel.hidden = !OWN.includes(key);
    this.ask();
  }

  private later(): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.ask(), 80);
  }

  private ask(): void {
    const { lines, chosen, plan, names } = this.store.state;
    const frozen = this.store.start.frozen;
    if (frozen !== undefined) {
      this.show({ code: frozen.codes[chosen]?.[this.library] ?? "" });
      return;
    }
    const own = this.own.checked && OWN.includes(this.library) ? true : null;
    const text = lines[chosen]?.text ?? "";
    this.asking.put({ ask: "code", text, plan, names, library: this.library, own });
  }

  private show(answer: Answer): void {
    this.shown.classList.toggle("cannot", answer.code === undefined);
    this.shown.textContent = (answer.code ?? answer.cannot ?? "").trimEnd();
  }

  private async copy(): Promise<void> {
    const code = this.shown.textContent ?? "";
    if (this.shown.classList.contains("cannot")) toast("There is no code to copy.");
    else await copied(code, "The code is copied.");
  }
}

/** Put a text on the clipboard, and say so; select nothing where the browser refuses. */
export async function copied(text: string, said: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast(said);
  } catch {
    toast("The browser does not let this page copy. Select the text instead.");
  }
}

/** The code of every schedule in every library, for an exported page. */
export async function allCodes(store: Store): Promise<Record<string, string>[]> {
  const { lines, plan, names } = store.state;
  return Promise.all(
    lines.map(async ({ text }) => {
      const codes: Record<string, string> = {};
      for (const [library] of LIBRARIES) {
        const answer = await ask<Answer>({ ask: "code", text, plan, names, library, own: null });
        codes[library] = answer.code ?? answer.cannot ?? "";
      }
      return codes;
    }),
  );
}
