// The whole state in a link: JSON, deflated, in the letters that a fragment may hold.
import type { Audit, Plan, RecordedRun, State } from "./types";

const MARK = "#s=";
/** What may come out of a link, so that a hostile one does not fill the memory. */
const MOST = 4_000_000;

export async function toFragment(state: State): Promise<string> {
  const runs = state.runs.map(({ csv: _, points, ...run }) => ({
    ...run,
    points: points.map((value) => Number(value.toPrecision(6))),
  }));
  const bytes = new TextEncoder().encode(JSON.stringify({ ...state, runs }));
  return MARK + letters(await through(bytes, new CompressionStream("deflate-raw")));
}

/** Whether a fragment is meant to hold a state. */
export function isLink(fragment: string): boolean {
  return fragment.startsWith(MARK);
}

/** The state that a fragment holds; null where it holds none, or a broken one. */
export async function fromFragment(fragment: string): Promise<State | null> {
  if (!isLink(fragment)) return null;
  try {
    const packed = bytesOf(fragment.slice(MARK.length));
    const bytes = await through(packed, new DecompressionStream("deflate-raw"));
    return checked(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return null;
  }
}

/** What the server takes: src/lrkit/designer/limits.py. */
const LIMITS = { lines: 24, runs: 16, text: 100_000, names: 50, step: 2 ** 53, number: 1e300 };

/** A link is from somebody else: what is not what it is meant to be is left out. */
export function checked(given: unknown): State | null {
  const it = given as Partial<State> | null;
  if (typeof it !== "object" || it === null || !Array.isArray(it.lines)) return null;
  const lines = it.lines
    .filter((line) => isText(line?.text, LIMITS.text))
    .map((line) => ({ text: line.text, shown: line.shown !== false }));
  if (lines.length === 0 || lines.length > LIMITS.lines) return null;
  const last = lines.length - 1;
  const runs = (Array.isArray(it.runs) ? it.runs : []).filter(isRun).slice(0, LIMITS.runs);
  return {
    lines,
    runs: runs.map((run) => checkedRun(run, last)),
    plan: plan(it.plan),
    names: names(it.names),
    view: isView(it.view) ? [it.view[0], it.view[1]] : null,
    log: it.log === true,
    chosen: place(it.chosen, last),
  };
}

function isView(view: unknown): view is [number, number] {
  if (!Array.isArray(view) || view.length !== 2) return false;
  const [begin, end] = view as unknown[];
  return isNumber(begin) && isNumber(end) && 0 <= begin && begin < end && end <= LIMITS.step;
}

function isRun(run: Partial<RecordedRun> | null): run is RecordedRun {
  const known = typeof run === "object" && run !== null;
  return (
    known &&
    isText(run.name, 500) &&
    typeof run.key === "string" &&
    /^[\w-]{1,64}$/.test(run.key) &&
    arePoints(run.points) &&
    isNumber(run.updates) &&
    isNumber(run.against)
  );
}

/** Steps that grow from 0, each with its rate. */
function arePoints(points: unknown): points is number[] {
  if (!Array.isArray(points) || points.length === 0 || points.length % 2 === 1) return false;
  let before = 0;
  return points.every((one: unknown, at) => {
    if (!isNumber(one)) return false;
    if (at % 2 === 1) return true;
    const grows = one >= before && one <= LIMITS.step;
    before = one;
    return grows;
  });
}

function checkedRun(run: RecordedRun, last: number): RecordedRun {
  const { name, key, points, updates, audited } = run;
  const against = place(run.against, last);
  const kept = { name, key, points, updates, against, shown: run.shown !== false };
  const said = audit(run.audit);
  return said !== null && isText(audited, 2 * LIMITS.text)
    ? { ...kept, audit: said, audited }
    : kept;
}

function audit(given: unknown): Audit | null {
  const it = given as Partial<Audit> | null | undefined;
  if (typeof it !== "object" || it === null || !isText(it.summary, 2000)) return null;
  if (!Array.isArray(it.findings) || it.findings.length > 100) return null;
  const findings = it.findings
    .filter((one) => isText(one?.text, 2000) && isText(one?.code, 100))
    .map(({ code, text }) => ({ code, text }));
  return { ok: typeof it.ok === "boolean" ? it.ok : null, summary: it.summary, findings };
}

function plan(given: unknown): Plan | null {
  if (typeof given !== "object" || given === null) return null;
  const drop = (given as Plan).drop_last === true ? { drop_last: true } : {};
  const known = [
    ...["epochs", "examples", "batch_size", "accumulation", "replicas", "updates", "batches"],
    ...["tokens_per_example", "tokens_per_batch", "updates_per_second"],
  ];
  const told = Object.entries(given).filter(
    ([name, value]) => known.includes(name) && isNumber(value) && Math.abs(value) < LIMITS.step,
  );
  const { remainder } = given as Plan;
  const rest = typeof remainder === "string" ? { remainder: remainder.slice(0, 20) } : {};
  return { ...Object.fromEntries(told), ...drop, ...rest };
}

function names(given: unknown): Record<string, number> {
  if (typeof given !== "object" || given === null) return {};
  const told = Object.entries(given).filter(
    ([name, value]) => /^[A-Za-z_]\w{0,99}$/.test(name) && isNumber(value),
  );
  return Object.fromEntries(told.slice(0, LIMITS.names)) as Record<string, number>;
}

/** The number of a line. */
function place(given: unknown, last: number): number {
  return Math.min(Math.max(0, Math.floor(Number(given) || 0)), last);
}

function isText(value: unknown, most: number): value is string {
  return typeof value === "string" && value.length <= most;
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Math.abs(value) <= LIMITS.number;
}

async function through(
  bytes: Uint8Array<ArrayBuffer>,
  stream: CompressionStream | DecompressionStream,
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = new Blob([bytes]).stream().pipeThrough(stream).getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    parts.push(next.value);
    size += next.value.length;
    if (size > MOST) throw new Error("too large");
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function letters(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}
