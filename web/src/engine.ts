// Keeps what is drawn, found and audited in step with what is typed: the server works it out.
import { Latest, Refusal, ask } from "./api";
import { toFragment } from "./share";
import type { Store } from "./store";
import type { Audit, Drawn, Finding, RecordedRun } from "./types";

/** Milliseconds of quiet before what takes longer is asked for: never while a slider moves. */
const QUIET = 120;

export class Engine {
  private readonly drawing: Latest<{ drawn: Drawn; texts: string[] }>;
  private timer = 0;

  constructor(private readonly store: Store) {
    this.drawing = new Latest(
      ({ drawn, texts }) => store.take(drawn, texts),
      (reason) => {
        store.trouble = reason;
        store.tell("said");
      },
      async (question) => ({
        drawn: await ask<Drawn>(question),
        texts: question.texts as string[],
      }),
    );
    store.on((change) => {
      if (change === "lines" || change === "text" || change === "plan" || change === "view") {
        this.draw();
      }
      if (change === "drawn" || change === "runs") this.later();
    });
  }

  /** What every question about the state holds. */
  question(): Record<string, unknown> {
    const { lines, plan, names } = this.store.state;
    return { texts: lines.map((line) => line.text), plan, names };
  }

  draw(): void {
    this.drawing.put({ ask: "draw", ...this.question(), view: this.store.state.view });
  }

  private later(): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.say(), QUIET);
  }

  /** The findings, the audits, and the link. */
  private async say(): Promise<void> {
    try {
      const found = await ask<{ findings: Finding[][] }>({ ask: "check", ...this.question() });
      this.store.findings = found.findings;
      this.store.audits = await Promise.all(this.store.state.runs.map((run) => this.audit(run)));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.store.trouble = error.message;
    }
    this.store.tell("said");
    history.replaceState(null, "", await toFragment(this.store.state));
  }

  private async audit(run: RecordedRun): Promise<Audit | undefined> {
    const line = this.store.state.lines[run.against];
    if (line === undefined) return undefined;
    const { plan, names } = this.question();
    const question = { ask: "audit", key: run.key, text: line.text, plan, names };
    const found = await ask<Audit>(question);
    if (!found.missing || run.csv === undefined) return found;
    await ask({ ask: "run", name: run.name, csv: run.csv });
    return ask<Audit>(question);
  }
}
