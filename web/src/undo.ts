// What can be taken back: the state before each gesture, and those that were taken back.
import type { Line, Plan, RecordedRun, State } from "./types";

/** Gestures that can be taken back. */
const MOST = 200;
/** Milliseconds: keys of one group that follow each other faster are one gesture. */
const PAUSE = 1000;

/** A state as it was. Lines and runs are the same objects: who asked about one finds it again. */
export interface Moment {
  lines: [line: Line, text: string, shown: boolean][];
  runs: [run: RecordedRun, against: number][];
  plan: Plan | null;
  names: Record<string, number>;
  chosen: number;
}

export function moment({ lines, runs, plan, names, chosen }: State): Moment {
  return {
    lines: lines.map((line) => [line, line.text, line.shown]),
    runs: runs.map((run) => [run, run.against]),
    plan,
    names,
    chosen,
  };
}

/** The state with what a moment holds; what is looked at stays. */
export function restored(state: State, { lines, runs, plan, names, chosen }: Moment): State {
  for (const [line, text, shown] of lines) Object.assign(line, { text, shown });
  for (const [run, against] of runs) run.against = against;
  return {
    ...state,
    lines: lines.map(([line]) => line),
    runs: runs.map(([run]) => run),
    plan,
    names,
    chosen,
  };
}

export class History {
  private past: Moment[] = [];
  private future: Moment[] = [];
  private group = "";
  private last = 0;

  constructor(private readonly now: () => number = () => performance.now()) {}

  get canUndo(): boolean {
    return this.past.length > 0;
  }

  /**
   * Remember what is about to change.
   *
   * Changes of one group are one gesture: those of the keys while no pause is between them, those
   * of a hand that holds something, whose group begins with "hold", however long it takes.
   */
  before(state: State, group = ""): void {
    const now = this.now();
    const goes = group !== "" && group === this.group;
    const same = goes && (group.startsWith("hold") || now - this.last < PAUSE);
    this.group = group;
    this.last = now;
    this.future = [];
    if (same) return;
    this.past.push(moment(state));
    if (this.past.length > MOST) this.past.shift();
  }

  /** The moment before the last gesture; undefined where there is none. */
  undo(state: State): Moment | undefined {
    return this.step(state, this.past, this.future);
  }

  redo(state: State): Moment | undefined {
    return this.step(state, this.future, this.past);
  }

  private step(state: State, from: Moment[], to: Moment[]): Moment | undefined {
    const found = from.pop();
    if (found !== undefined) to.push(moment(state));
    this.group = "";
    return found;
  }
}
