// Recorded runs: a CSV file dropped on the page is drawn, and compared with what was planned.
import { Refusal, ask } from "./api";
import { RUN, runDash } from "./curves";
import { el, sample, toast } from "./dom";
import { rate, step } from "./format";
import type { Store } from "./store";
import type { Audit, Flat, RecordedRun } from "./types";

/** As the server allows: its answer to more would come after the whole file was sent. */
const MOST_BYTES = 24 * 2 ** 20;
const MOST_RUNS = 16;

interface Answer {
  key: string;
  points: Flat;
  updates: number;
}

export class Runs {
  readonly host = el("section", { class: "card runs", "aria-labelledby": "runs-title" });
  private readonly list = el("div");
  private readonly input = el("input", { type: "file", accept: ".csv,text/csv", multiple: true });

  constructor(private readonly store: Store) {
    this.input.hidden = true;
    this.input.addEventListener("change", () => {
      void this.take([...(this.input.files ?? [])]);
      this.input.value = "";
    });
    this.host.append(el("h2", { id: "runs-title" }, "Recorded runs"), this.list, this.input);
    const choose = el(
      "button",
      { type: "button", click: () => this.choose() },
      "Choose a CSV file",
    );
    const hint = el("span", { class: "hint" }, "or drop it anywhere");
    this.host.append(el("div", { class: "actions live" }, choose, hint));
    store.on((change) => {
      if (change === "said" || change === "lines" || change === "runs") this.render();
    });
    this.render();
    if (!store.frozen) this.listen();
  }

  choose(): void {
    this.input.click();
  }

  private listen(): void {
    const over = (on: boolean) => (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      document.body.classList.toggle("dropping", on);
    };
    window.addEventListener("dragover", over(true));
    window.addEventListener("dragleave", over(false));
    window.addEventListener("drop", (event) => {
      over(false)(event);
      void this.take([...(event.dataTransfer?.files ?? [])]);
    });
  }

  async take(files: File[]): Promise<void> {
    for (const file of files) {
      if (file.size > MOST_BYTES) toast(`${file.name} is too large: at most 24 MB.`);
      else await this.add(file);
    }
  }

  private async add(file: File): Promise<void> {
    const { store } = this;
    const [name, csv] = [file.name.slice(0, 200), await file.text()];
    try {
      const { key, points, updates } = await ask<Answer>({ ask: "run", name, csv });
      const { runs, chosen } = store.state;
      // The same file again is the same run: a link has its curve, and now it has its rows.
      const known = runs.find((run) => run.key === key);
      if (known !== undefined) Object.assign(known, { name, points, updates, csv });
      else if (runs.length >= MOST_RUNS) toast(`At most ${MOST_RUNS} runs.`);
      else {
        store.before();
        const run = { name, key, points, updates, against: chosen, shown: true, csv };
        store.state.runs = [...runs, run];
      }
      store.tell("runs");
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      toast(error.message);
    }
  }

  private render(): void {
    const { runs } = this.store.state;
    const place = [...this.list.children].findIndex((row) => row.contains(document.activeElement));
    const name = document.activeElement?.getAttribute("data-name");
    this.list.replaceChildren(...runs.map((run, index) => this.row(run, index)));
    this.host.classList.toggle("empty", runs.length === 0);
    if (place < 0) return;
    // The rows are new: who was on a button of one is on that of the one in its place.
    const row = this.list.children[Math.min(place, runs.length - 1)];
    const again = row?.querySelector<HTMLElement>(`[data-name="${name}"]`);
    (again ?? this.host.querySelector<HTMLElement>(".actions button"))?.focus();
  }

  private row(run: RecordedRun, index: number): HTMLElement {
    const last = run.points[run.points.length - 1] ?? 0;
    const about = `${step(run.updates)} updates, last ${rate(last)}`;
    const trouble = this.store.trouble !== "" && !this.store.frozen;
    return el(
      "div",
      { class: run.shown ? "run" : "run hidden", "data-run": index },
      el(
        "div",
        { class: "text" },
        this.swatch(run, index),
        el("b", {}, run.name),
        el("span", { class: "hint" }, about),
        this.against(run),
        this.remove(run),
      ),
      ...(trouble ? [] : words(run.audit)),
    );
  }

  private swatch(run: RecordedRun, index: number): HTMLElement {
    const button = el("button", {
      type: "button",
      class: "swatch",
      title: "Show or hide this run",
      "aria-label": `Show ${run.name}`,
      "aria-pressed": String(run.shown),
      "data-name": "swatch",
      click: () => {
        run.shown = !run.shown;
        this.store.tell("look");
        this.render();
      },
    });
    button.append(sample(RUN, runDash(index), true));
    return button;
  }

  private remove(run: RecordedRun): HTMLElement {
    const button = el("button", { type: "button", class: "plain live", title: "Remove" }, "×");
    button.dataset.name = "remove";
    button.setAttribute("aria-label", `Remove ${run.name}`);
    button.addEventListener("click", () => {
      this.store.before();
      this.store.state.runs = this.store.state.runs.filter((one) => one !== run);
      this.store.tell("runs");
    });
    return button;
  }

  private against(run: RecordedRun): HTMLElement | null {
    if (this.store.state.lines.length < 2) return null;
    const select = el("select", {
      "aria-label": `What ${run.name} is compared with`,
      "data-name": "against",
      class: "live",
    });
    this.store.state.lines.forEach((_, index) => {
      const chosen = index === run.against;
      select.append(el("option", { value: index, selected: chosen }, `schedule ${index + 1}`));
    });
    select.addEventListener("change", () => {
      this.store.before();
      run.against = Number(select.value);
      this.store.tell("runs");
    });
    return select;
  }
}

/** The audit's words. */
function words(audit: Audit | undefined): HTMLElement[] {
  if (audit === undefined) return [];
  const again = "The file is not here: choose it again for a new audit.";
  const hint = audit.missing ? [el("p", { class: "hint" }, again)] : [];
  if (audit.ok === null) return hint;
  if (audit.ok) return [el("p", { class: "finding good" }, audit.summary), ...hint];
  const found = audit.findings.map((one) =>
    el("p", { class: "finding warning", "data-code": one.code }, one.text),
  );
  return [...found, ...hint];
}
