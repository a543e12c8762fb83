// What the page remembers, what the server last said about it, and who wants to know of changes.
import { paint } from "./colours";
import { History, restored } from "./undo";
import type { AboutPlan, Curve, Drawn, Entry, Finding, Line, Range, Start, State } from "./types";
import { isCurve } from "./types";

/** What changed: the list of lines, a text, the run, the part in view, or only the look. */
export type Change = "lines" | "text" | "plan" | "view" | "look" | "runs" | "drawn" | "said";

export const MOST_LINES = 24;

export class Store {
  state: State;
  drawn: Drawn | null = null;
  /** The texts that `drawn` is about. */
  drawnTexts: string[] = [];
  /** Why the server does not answer; empty while it does. */
  trouble = "";

  // By line, not by its number: an answer that comes late finds the line that it is about.
  private readonly entries = new WeakMap<Line, { text: string; entry: Entry }>();
  /** The last curve of each line: drawn on, faint, while its text is being mended. */
  private readonly drawable = new WeakMap<Line, Curve>();
  private readonly found = new WeakMap<Line, { text: string; findings: Finding[] }>();
  private readonly history = new History();
  private readonly listeners: ((change: Change) => void)[] = [];

  constructor(readonly start: Start) {
    paint(start.colours);
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

  // ---- what is changed, and taken back ----

  /** Remember the state before a gesture; see `History.before`. */
  before(group = ""): void {
    this.history.before(this.state, group);
  }

  get canUndo(): boolean {
    return this.history.canUndo;
  }

  undo(): void {
    this.restore(this.history.undo(this.state));
  }

  redo(): void {
    this.restore(this.history.redo(this.state));
  }

  private restore(moment: ReturnType<History["undo"]>): void {
    if (moment === undefined) return;
    this.state = restored(this.state, moment);
    this.tell("lines");
  }

  /** Another state altogether, from a link. */
  become(state: State): void {
    this.before();
    this.state = state;
    this.tell("lines");
  }

  /** Write a text; `group` as in `before`. */
  setText(line: Line, text: string, group = ""): void {
    if (line.text === text) return;
    this.before(group);
    line.text = text;
    this.tell("text");
  }

  /** Whether there was room. */
  add(text: string): boolean {
    if (this.state.lines.length >= MOST_LINES) return false;
    this.before();
    this.state.lines = [...this.state.lines, { text, shown: true }];
    this.state.chosen = this.state.lines.length - 1;
    this.tell("lines");
    return true;
  }

  remove(index: number): void {
    this.before();
    this.state.lines = this.state.lines.filter((_, place) => place !== index);
    const last = Math.max(0, this.state.lines.length - 1);
    const { chosen } = this.state;
    this.state.chosen = Math.min(chosen > index ? chosen - 1 : chosen, last);
    for (const run of this.state.runs) {
      const against = run.against > index ? run.against - 1 : run.against;
      run.against = Math.min(against, last);
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

  // ---- what the server said ----

  /** Take what the server says about the lines, whose texts were these when it was asked. */
  take(drawn: Drawn, lines: Line[], texts: string[]): void {
    this.drawn = drawn;
    this.drawnTexts = texts;
    this.trouble = "";
    lines.forEach((line, index) => {
      const [entry, text] = [drawn.schedules[index], texts[index]];
      if (entry === undefined || text === undefined) return;
      this.entries.set(line, { text, entry });
      if (isCurve(entry)) this.drawable.set(line, entry);
    });
    this.tell("drawn");
  }

  takeFindings(findings: Finding[][], lines: Line[], texts: string[]): void {
    lines.forEach((line, index) =>
      this.found.set(line, { text: texts[index] ?? "", findings: findings[index] ?? [] }),
    );
  }

  /** What the server said of a text; undefined while it has not yet seen the present one. */
  entry(line: Line | undefined): Entry | undefined {
    const known = line && this.entries.get(line);
    return known && known.text === line.text ? known.entry : undefined;
  }

  /** The last curve of a line, though its text may have changed. */
  curve(index: number): Curve | undefined {
    const line = this.state.lines[index];
    return line && this.drawable.get(line);
  }

  /** Whether the last that was said of a line is what is wrong with it. */
  isWrong(line: Line): boolean {
    const known = this.entries.get(line);
    return known !== undefined && !isCurve(known.entry);
  }

  /** The findings of a line, and the text that they are about. */
  findings(line: Line): { text: string; findings: Finding[] } {
    return this.found.get(line) ?? { text: line.text, findings: [] };
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

  /** Colour and dashes of a line. */
  style(index: number): { colour: string; dash: string } {
    const { colours, dashes } = this.start;
    const place = index % colours.length;
    const turn = Math.floor(index / colours.length);
    const dash = dashes[(place + turn) % dashes.length] ?? [];
    return { colour: `var(--c${place})`, dash: dash.map((part) => 2 * part).join(" ") };
  }
}
