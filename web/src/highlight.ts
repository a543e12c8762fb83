// The text in colours, and the place where it goes wrong: a layer behind the text field.
import { el } from "./dom";
import { index } from "./literals";

interface Token {
  kind: "number" | "call" | "text" | "join" | "plain";
  text: string;
}

const TOKENS =
  /(?<text>"[^"\n]*"?|'[^'\n]*'?)|(?<number>(?<![\w.])\d[\w.]*(?:(?<=e)[+-]\d+)?)|(?<call>[A-Za-z_][\w.]*(?=\s*\())|(?<join>>>|\|)/giu;

/** The text in pieces, so that each can have its colour. */
export function tokens(text: string): Token[] {
  const found: Token[] = [];
  let last = 0;
  for (const match of text.matchAll(TOKENS)) {
    if (match.index > last) found.push({ kind: "plain", text: text.slice(last, match.index) });
    const groups = match.groups ?? {};
    const kind = (["text", "number", "call", "join"] as const).find((one) => groups[one]);
    found.push({ kind: kind ?? "plain", text: match[0] });
    last = match.index + match[0].length;
  }
  if (last < text.length) found.push({ kind: "plain", text: text.slice(last) });
  return found;
}

/** Begin and end of the word at a place, in UTF-16 units; one blank where the text breaks off. */
export function wordAt(text: string, position: number): [number, number] {
  const begin = index(text, position);
  const word = /^(?:[\w.]+|.)/su.exec(text.slice(begin))?.[0] ?? "";
  return [begin, begin + word.length];
}

/** The elements of the layer. `wrong` is the place of an error, in code points. */
export function layer(text: string, wrong: number | undefined): Node[] {
  const nodes: Node[] = [];
  const [begin, end] = wrong === undefined ? [-1, -1] : wordAt(text, wrong);
  const before = wrong === undefined ? text : text.slice(0, begin);
  for (const token of tokens(before))
    nodes.push(el("span", { class: `t-${token.kind}` }, token.text));
  if (wrong !== undefined) {
    nodes.push(el("mark", {}, text.slice(begin, end) || " "));
    for (const token of tokens(text.slice(end))) {
      nodes.push(el("span", { class: `t-${token.kind}` }, token.text));
    }
  }
  // A last line that is empty must have its height.
  nodes.push(document.createTextNode("\n"));
  return nodes;
}
