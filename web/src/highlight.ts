// The text in colours, and the place where it goes wrong: a layer behind the text field.
import { el } from "./dom";
import { index } from "./literals";

interface Token {
  kind: "number" | "call" | "text" | "join" | "plain";
  text: string;
}

// A word is tried only where one begins: a long one without an end costs its length, not its square.
const TOKENS =
  /(?<text>"[^"\n]*"?|'[^'\n]*'?)|(?<number>(?<![\w.])\d[\w.]*(?:(?<=e)[+-]\d+)?)|(?<call>(?<![\w.])[A-Za-z_][\w.]*(?=\s*\())|(?<join>>>|\|)/giu;
/** A longer text is data: it has no colours. */
const MOST = 20_000;
const WORD = /^(?:\d[\w.]*(?:(?<=e)[+-]\d+)?|[\w.]+|.)/isu;

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
  const word = WORD.exec(text.slice(begin))?.[0] ?? "";
  return [begin, begin + word.length];
}

/** The elements of the layer. `wrong` is the place of an error, in code points. */
export function layer(text: string, wrong: number | undefined): Node[] {
  const [begin, end] = wrong === undefined ? [text.length, text.length] : wordAt(text, wrong);
  const nodes = coloured(text.slice(0, begin));
  if (wrong !== undefined) {
    nodes.push(el("mark", {}, text.slice(begin, end) || " "), ...coloured(text.slice(end)));
  }
  // A last line that is empty must have its height.
  nodes.push(document.createTextNode("\n"));
  return nodes;
}

function coloured(text: string): Node[] {
  if (text.length > MOST) return [document.createTextNode(text)];
  return tokens(text).map((token) =>
    token.kind === "plain"
      ? document.createTextNode(token.text)
      : el("span", { class: `t-${token.kind}` }, token.text),
  );
}
