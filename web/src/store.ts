// What the page remembers, what the server last said about it, and who wants to know of changes.
import type { AboutPlan, Audit, Curve, Drawn, Finding, Range, Start, State } from "./types";
import { isCurve } from "./types";

/** What changed: the list of lines, a text, the run, the part in view, or only the look. */
export type Change = "lines" | "text" | "plan" | "view" | "look" | "runs" | "drawn" | "said";

export const MOST_LINES = 24;

export class Store {
  state: State;
  drawn: Drawn | null = null;
  /** The texts that `drawn` is about. */
  drawnTexts: string[] = [];
  /** The last curve of each line: drawn on, faint, while its text is being mended. */
  curves: (Curve | undefined)[] = [];
  findings: Finding[][] = [];
  audits: (Audit | undefined)[] = [];
  /** Why the server does not answer; empty while it does. */
  trouble = "";

  private readonly listeners: ((change: Change) => void)[] = [];

  constructor(readonly start: Start) {
    this.state = start.frozen?.state ?? {
      lines: start.texts.map((text) => ({ text, shown: true })),
      runs: [],
      plan: start.plan,
      names: start.names,
      view: null,
      log: false,
      chosen: 0,
    };
  }

  get frozen(): boolean {
    return this.start.frozen !== undefined;
  }

  on(listener: (change: Change) => void): void {
    this.listeners.push(listener);
  }

  tell(change: Change): void {
    for (const listener of this.listeners) listener(change);
  }

  /** Another state altogether, from a link. */
  become(state: State): void {
    this.state = state;
    this.curves = [];
    this.audits = [];
    this.tell("lines");
  }

  setText(index: number, text: string): void {
    const line = this.state.lines[index];
    if (line === undefined || line.text === text) return;
    line.text = text;
    this.tell("text");
  }

  add(text: string): void {
    if (this.state.lines.length >= MOST_LINES) return;
    this.state.lines.push({ text, shown: true });
    this.state.chosen = this.state.lines.length - 1;
    this.tell("lines");
  }

  remove(index: number): void {
    this.state.lines.splice(index, 1);
    this.curves.splice(index, 1);
    this.state.chosen = Math.max(0, Math.min(this.state.chosen, this.state.lines.length - 1));
    for (const run of this.state.runs) {
      if (run.against > index || run.against >= this.state.lines.length) {
        run.against = Math.max(0, run.against - 1);
      }
    }
    this.tell("lines");
  }

  choose(index: number): void {
    if (index === this.state.chosen) return;
    this.state.chosen = index;
    this.tell("look");
  }

  /** Look at a part of the run, or at all of it. */
  look(range: Range | null): void {
    this.state.view = range;
    this.tell(this.frozen ? "look" : "view");
  }

  /** Take what the server says about the texts it was asked about. */
  take(drawn: Drawn, texts: string[]): void {
    this.drawn = drawn;
    this.drawnTexts = texts;
    this.trouble = "";
    drawn.schedules.forEach((entry, index) => {
      if (isCurve(entry)) this.curves[index] = entry;
    });
    this.curves.length = this.state.lines.length;
    this.tell("drawn");
  }

  /** The plan's numbers, where it makes sense. */
  get about(): AboutPlan | null {
    const about = this.drawn?.plan;
    return about && !about.error ? (about as AboutPlan) : null;
  }

  /** The last step that is drawn. */
  get span(): number {
    const runs = this.state.runs.map((run) => run.points[run.points.length - 2] ?? 0);
    return Math.max(this.drawn?.span ?? 1, ...runs);
  }

  /** Colour and dashes of a line; recorded runs come after the schedules. */
  style(index: number): { colour: string; dash: string } {
    const { colours, dashes } = this.start;
    const place = index % colours.length;
    const turn = Math.floor(index / colours.length);
    const dash = dashes[(place + turn) % dashes.length] ?? [];
    return { colour: colours[place] ?? "#000", dash: dash.map((part) => 2 * part).join(" ") };
  }
}
