// What the page and the server say to each other, and what the page remembers.

/** Step, value, step, value, … */
export type Flat = number[];
export type Range = [begin: number, end: number];
export type Severity = "note" | "warning" | "error";

export interface Plan {
  epochs?: number | null;
  examples?: number | null;
  batch_size?: number | null;
  accumulation?: number | null;
  replicas?: number | null;
  drop_last?: boolean;
  updates?: number | null;
  /** What the page has no field for, from the command line. */
  batches?: number | null;
  remainder?: string;
  tokens_per_example?: number | null;
  tokens_per_batch?: number | null;
  updates_per_second?: number | null;
}

export interface AboutPlan {
  updates: number;
  updates_per_epoch: number | null;
  batches_per_epoch: number | null;
  error?: Problem;
}

export interface Problem {
  reason: string;
  /** In code points, where the place in the text is known. */
  position?: number;
}

/** Begin, end (in code points), value, what it is, whether it is spelt whole. */
export type NumberInText = [number, number, number, string, boolean];
/** Step, value before, value after. */
export type Knot = [number, number, number];

export interface Curve {
  text: string;
  length: number | null;
  whole: Flat | null;
  points: Flat;
  knots: Knot[];
  first: [number, number];
  highest: [number, number];
  last: [number, number];
  after: number | null;
  numbers: NumberInText[];
}

export type Entry = Curve | { error: Problem };

export interface Drawn {
  plan: AboutPlan | { error: Problem } | null;
  span: number;
  schedules: Entry[];
}

export interface Finding {
  code: string;
  severity?: Severity | null;
  step?: number | null;
  text: string;
  mend?: string | null;
}

export interface Audit {
  ok: boolean | null;
  summary: string;
  findings: Finding[];
  /** The server does not have the run: what is said is of the link. */
  missing?: boolean;
}

export interface Line {
  text: string;
  shown: boolean;
}

export interface RecordedRun {
  name: string;
  key: string;
  points: Flat;
  updates: number;
  /** The number of the schedule that it is compared with. */
  against: number;
  shown: boolean;
  /** What the file holds, as long as the page has it: the server may have forgotten. */
  csv?: string;
  /** What the audit said last, and about what: a link brings it along. */
  audit?: Audit;
  audited?: string;
}

export interface State {
  lines: Line[];
  runs: RecordedRun[];
  plan: Plan | null;
  names: Record<string, number>;
  view: Range | null;
  log: boolean;
  chosen: number;
}

export interface Frozen {
  state: State;
  drawn: Drawn;
  findings: Finding[][];
  /** By schedule, then by library. */
  codes: Record<string, string>[];
  /** The rate of every update, by schedule; left out where they are many. */
  rates?: (number[] | null)[];
}

export interface Start {
  texts: string[];
  plan: Plan | null;
  names: Record<string, number>;
  colours: string[];
  dashes: number[][];
  version: string;
  frozen?: Frozen;
}

export interface Shape {
  name: string;
  family: string;
  title: string;
  line: string;
  also: string[];
  example: string;
  endless: boolean;
  path: string;
}

export function isCurve(entry: Entry | undefined): entry is Curve {
  return entry !== undefined && !("error" in entry);
}
