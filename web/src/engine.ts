// Keeps what is drawn, found and audited in step with what is typed: the server works it out.
import { Latest, Refusal, ask } from "./api";
import { toast } from "./dom";
import { toFragment } from "./share";
import type { Store } from "./store";
import type { Audit, Drawn, Finding, Line, RecordedRun } from "./types";

/** Milliseconds of quiet before what takes longer is asked for: never while a slider moves. */
const QUIET = 120;

interface Picture {
  drawn: Drawn;
  lines: Line[];
  texts: string[];
}

export class Engine {
  private readonly drawing: Latest<Picture>;
  private timer = 0;
  /** The number of the last question: what an older one answers is too late. */
  private turn = 0;

  constructor(private readonly store: Store) {
    this.drawing = new Latest<Picture>(
      ({ drawn, lines, texts }) => store.take(drawn, lines, texts),
      (reason) => this.fail(reason),
      async ({ lines, ...question }) => ({
        drawn: await ask<Drawn>(question),
        lines: lines as Line[],
        texts: question.texts as string[],
      }),
    );
    store.on((change) => {
      if (["lines", "text", "plan", "view"].includes(change)) this.draw();
      if (change === "drawn" || change === "runs") this.later();
    });
  }

  /** What every question about the state holds. */
  private question(): Record<string, unknown> {
    const { lines, plan, names } = this.store.state;
    return { texts: lines.map((line) => line.text), plan, names };
  }

  draw(): void {
    const { lines, view } = this.store.state;
    this.drawing.put({ ask: "draw", ...this.question(), view, lines });
  }

  private fail(reason: string): void {
    if (this.store.trouble !== reason) toast(reason);
    this.store.trouble = reason;
    this.store.tell("said");
  }

  private later(): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.say(), QUIET);
  }

  /** The findings, the audits, and the link. */
  private async say(): Promise<void> {
    this.turn += 1;
    const turn = this.turn;
    const { lines, runs } = this.store.state;
    const question = this.question();
    try {
      const found = await ask<{ findings: Finding[][] }>({ ask: "check", ...question });
      if (turn !== this.turn) return;
      this.store.takeFindings(found.findings, lines, question.texts as string[]);
      for (const run of runs) await this.audit(run, lines[run.against], turn);
      if (turn !== this.turn) return;
      this.store.trouble = "";
      this.store.tell("said");
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (turn === this.turn) this.fail(error.message);
    }
    history.replaceState(null, "", await toFragment(this.store.state));
  }

  private async audit(run: RecordedRun, line: Line | undefined, turn: number): Promise<void> {
    if (line === undefined) return;
    const { plan, names } = this.question();
    const question = { ask: "audit", key: run.key, text: line.text, plan, names };
    const about = JSON.stringify([line.text, plan, names]);
    let found = await ask<Audit>(question);
    if (found.missing && run.csv !== undefined) {
      await ask({ ask: "run", name: run.name, csv: run.csv });
      found = await ask<Audit>(question);
    }
    if (turn !== this.turn) return;
    // Of what a link says, that is kept which is about the same schedule and plan.
    if (!found.missing) run.audit = found;
    else if (run.audited === about && run.audit) run.audit = { ...run.audit, missing: true };
    else run.audit = { ok: null, summary: "", findings: [], missing: true };
    run.audited = about;
  }
}
