// Recorded runs: a CSV file dropped on the page is drawn, and compared with what was planned.
import { Refusal, ask } from "./api";
import { el, sample, toast } from "./dom";
import { rate, step } from "./format";
import type { Store } from "./store";
import type { Audit, Flat, RecordedRun } from "./types";

/** As the server allows: its answer to more would come after the whole file was sent. */
const MOST_BYTES = 24 * 2 ** 20;
const MOST_RUNS = 16;

export class Runs {
  readonly host = el("section", { class: "card runs", "aria-labelledby": "runs-title" });
  private readonly list = el("div", { role: "status" });
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
      else if (this.store.state.runs.length >= MOST_RUNS) toast(`At most ${MOST_RUNS} runs.`);
      else await this.add(file);
    }
  }

  private async add(file: File): Promise<void> {
    const csv = await file.text();
    try {
      const found = await ask<{ key: string; points: Flat; updates: number }>({
        ask: "run",
        name: file.name.slice(0, 200),
        csv,
      });
      const { chosen } = this.store.state;
      this.store.state.runs.push({
        name: file.name,
        ...told(found),
        against: chosen,
        shown: true,
        csv,
      });
      this.store.tell("runs");
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      toast(error.message);
    }
  }

  private render(): void {
    const { runs } = this.store.state;
    this.list.replaceChildren(...runs.map((run, index) => this.row(run, index)));
    this.host.classList.toggle("empty", runs.length === 0);
  }

  private row(run: RecordedRun, index: number): HTMLElement {
    const { colour } = this.store.style(this.store.state.lines.length + index);
    const remove = el("button", { type: "button", class: "plain live" }, "×");
    remove.setAttribute("aria-label", `Remove ${run.name}`);
    remove.addEventListener("click", () => {
      this.store.state.runs.splice(index, 1);
      this.store.audits.splice(index, 1);
      this.store.tell("runs");
    });
    const last = run.points[run.points.length - 1] ?? 0;
    const about = `${step(run.updates)} updates, last ${rate(last)}`;
    return el(
      "div",
      { class: "run", "data-run": index },
      el(
        "div",
        { class: "text" },
        sample(colour, "", true),
        el("b", {}, run.name),
        el("span", { class: "hint" }, about),
        this.against(run),
        remove,
      ),
      ...words(this.store.audits[index]),
    );
  }

  private against(run: RecordedRun): HTMLElement | null {
    if (this.store.state.lines.length < 2) return null;
    const select = el("select", { "aria-label": `What ${run.name} is compared with` });
    this.store.state.lines.forEach((_, index) => {
      const chosen = index === run.against;
      select.append(el("option", { value: index, selected: chosen }, `schedule ${index + 1}`));
    });
    select.addEventListener("change", () => {
      run.against = Number(select.value);
      this.store.tell("runs");
    });
    return select;
  }
}

/** The audit's words. */
function words(audit: Audit | undefined): HTMLElement[] {
  if (audit === undefined || audit.ok === null) return [];
  if (audit.missing) return [el("p", { class: "hint" }, "Choose its file again for the audit.")];
  if (audit.ok) return [el("p", { class: "finding good" }, audit.summary)];
  return audit.findings.map((one) =>
    el("p", { class: "finding warning", "data-code": one.code }, one.text),
  );
}

function told(found: {
  key: string;
  points: Flat;
  updates: number;
}): Pick<RecordedRun, "key" | "points" | "updates"> {
  return { key: found.key, points: found.points, updates: found.updates };
}
