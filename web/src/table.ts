// The rate of every update: asked for in blocks, each well within what the server has time for.
import { Refusal, ask } from "./api";
import { step } from "./format";
import type { Store } from "./store";
import type { Plan } from "./types";
import { isCurve } from "./types";

/** Rates of one question, of all texts together. */
const BLOCK = 20_000;
/** Rates of one file: a table of more is no use to a spreadsheet. */
const MOST = 10_000_000;

type Rates = (number[] | null)[];
export type Progress = (done: number, all: number) => void;

interface Question {
  texts: string[];
  plan: Plan | null;
  names: Record<string, number>;
}

/** How many updates there are: of the run, or of the longest schedule. */
export function rows(store: Store): number {
  const lengths = store.state.lines.map((_, index) => store.curve(index)?.length ?? 0);
  const updates = store.about?.updates ?? (Math.max(0, ...lengths) || store.span);
  return Math.max(1, Math.ceil(updates));
}

interface Block {
  begin: number;
  /** Where to go on: before what was asked for, if that was much. */
  end: number;
  rates: Rates;
}

/** Ask for the rates of all updates, a block at a time; null for a text without. */
export async function blocks(
  question: Question,
  updates: number,
  take: (begin: number, rates: Rates) => void,
  progress: Progress,
  send: (question: Record<string, unknown>) => Promise<Block> = ask,
): Promise<void> {
  const size = Math.max(1, Math.floor(BLOCK / Math.max(1, question.texts.length)));
  for (let begin = 0; begin < updates;) {
    if (begin > 0) progress(begin, updates);
    const wanted = Math.min(updates, begin + size);
    const { end, rates } = await send({ ask: "values", ...question, begin, end: wanted });
    const all = rates.every((one) => one === null || one.length === end - begin);
    if (!all || end <= begin) throw new Refusal("The server left out updates.");
    take(begin, rates);
    begin = end;
  }
  if (updates > size) progress(updates, updates);
}

export async function allRates(
  question: Question,
  updates: number,
  progress: Progress,
): Promise<Rates> {
  const all: Rates = question.texts.map(() => []);
  const take = (_: number, rates: Rates): void =>
    rates.forEach((block, text) => {
      const known = all[text];
      if (block === null || !known) all[text] = null;
      else known.push(...block);
    });
  await blocks(question, updates, take, progress);
  return all;
}

/** Step and rates of every update; of one schedule it is a file that `lrkit diff` reads. */
export async function csvFile(store: Store, progress: Progress): Promise<Blob> {
  const { lines, plan, names } = store.state;
  const shown = lines.filter((line) => line.shown && isCurve(store.entry(line)));
  const texts = shown.map((line) => line.text);
  if (texts.length === 0) throw new Refusal("No schedule is shown.");
  const frozen = store.start.frozen?.rates;
  if (frozen !== undefined) {
    const rates = shown.map((line) => frozen[lines.indexOf(line)] ?? null);
    return table(texts, [bodyOf(0, rates)]);
  }
  const updates = rows(store);
  if (updates * texts.length > MOST) {
    const most = step(Math.floor(MOST / texts.length));
    throw new Refusal(`A table has at most ${most} updates here, and these are ${step(updates)}.`);
  }
  const parts: string[] = [];
  const take = (begin: number, rates: Rates): void => void parts.push(bodyOf(begin, rates));
  await blocks({ texts, plan, names }, updates, take, progress);
  return table(texts, parts);
}

/** The rows of a block. */
export function bodyOf(begin: number, rates: Rates): string {
  const count = Math.max(0, ...rates.map((one) => one?.length ?? 0));
  let text = "";
  for (let row = 0; row < count; row += 1) {
    text += `${begin + row},${rates.map((one) => one?.[row] ?? "").join(",")}\n`;
  }
  return text;
}

export function table(texts: string[], bodies: string[]): Blob {
  const quoted = (text: string): string =>
    `"${text.replaceAll('"', '""').replaceAll(/\s+/g, " ")}"`;
  const heads = texts.length === 1 ? ["learning_rate"] : texts.map(quoted);
  return new Blob([`${["step", ...heads].join(",")}\n`, ...bodies], { type: "text/csv" });
}
