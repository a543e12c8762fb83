// The whole state in a link: JSON, deflated, in the letters that a fragment may hold.
import type { Plan, RecordedRun, State } from "./types";

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

/** The state that a fragment holds; null where it holds none, or a broken one. */
export async function fromFragment(fragment: string): Promise<State | null> {
  if (!fragment.startsWith(MARK)) return null;
  try {
    const packed = bytesOf(fragment.slice(MARK.length));
    const bytes = await through(packed, new DecompressionStream("deflate-raw"));
    return checked(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return null;
  }
}

/** A link is from somebody else: every field must be what it is meant to be. */
export function checked(given: unknown): State | null {
  const it = given as Partial<State> | null;
  if (typeof it !== "object" || it === null || !Array.isArray(it.lines)) return null;
  const lines = it.lines
    .filter((line) => typeof line?.text === "string")
    .map((line) => ({ text: line.text, shown: line.shown !== false }));
  const runs = (Array.isArray(it.runs) ? it.runs : []).filter(isRun);
  if (lines.length === 0 || lines.length > 24 || runs.length > 24) return null;
  const view = it.view;
  return {
    lines,
    runs,
    plan: plan(it.plan),
    names: numbers(it.names),
    view:
      Array.isArray(view) && view.length === 2 && view.every(isNumber) ? [view[0], view[1]] : null,
    log: it.log === true,
    chosen: Math.min(
      Math.max(0, Math.floor(Number(it.chosen) || 0)),
      Math.max(0, lines.length - 1),
    ),
  };
}

function isRun(run: Partial<RecordedRun> | null): run is RecordedRun {
  const known = typeof run === "object" && run !== null;
  return (
    known &&
    typeof run.name === "string" &&
    typeof run.key === "string" &&
    Array.isArray(run.points) &&
    run.points.every(isNumber) &&
    isNumber(run.updates) &&
    isNumber(run.against)
  );
}

function plan(given: unknown): Plan | null {
  if (typeof given !== "object" || given === null) return null;
  const drop = (given as Plan).drop_last === true ? { drop_last: true } : {};
  const known = [
    ...["epochs", "examples", "batch_size", "accumulation", "replicas", "updates", "batches"],
    ...["tokens_per_example", "tokens_per_batch", "updates_per_second"],
  ];
  const told = Object.entries(numbers(given)).filter(([name]) => known.includes(name));
  const { remainder } = given as Plan;
  const rest = typeof remainder === "string" ? { remainder: remainder.slice(0, 20) } : {};
  return { ...Object.fromEntries(told), ...drop, ...rest };
}

function numbers(given: unknown): Record<string, number> {
  if (typeof given !== "object" || given === null) return {};
  return Object.fromEntries(Object.entries(given).filter(([, value]) => isNumber(value)));
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
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
