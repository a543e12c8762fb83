// The palette on light and on dark paper: each colour far enough from what it is drawn on.

type Colour = [red: number, green: number, blue: number];

const WHITE: Colour = [255, 255, 255];
const BLACK: Colour = [0, 0, 0];
/** The cards of style/base.css. */
const PAPERS: [paper: string, toward: Colour, least: number][] = [
  ["#ffffff", BLACK, 3],
  ["#181c20", WHITE, 4],
];

function parts(hex: string): Colour {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  return [red ?? 0, green ?? 0, blue ?? 0];
}

function luminance(colour: Colour): number {
  const [red, green, blue] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as Colour;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** The contrast of two colours as WCAG counts it, from 1 to 21. */
export function contrast(one: string, other: string): number {
  const [a, b] = [luminance(parts(one)), luminance(parts(other))];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

/** The colour, moved toward black or white until it stands out from the paper. */
export function on(hex: string, paper: string, toward: Colour, least: number): string {
  const from = parts(hex);
  for (let share = 0; share < 1; share += 0.04) {
    const mixed = from.map((part, at) => Math.round(part + share * ((toward[at] ?? 0) - part)));
    const found = `#${mixed.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
    if (contrast(found, paper) >= least) return found;
  }
  return hex;
}

/** A colour of the palette on light paper and on dark. */
export function both(hex: string): string[] {
  return PAPERS.map(([paper, toward, least]) => on(hex, paper, toward, least));
}

/** Make the colours known to the style sheet: --c0, --c1, … */
export function paint(colours: string[]): void {
  colours.forEach((hex, index) => {
    const pair = both(hex).join(", ");
    document.documentElement.style.setProperty(`--c${index}`, `light-dark(${pair})`);
  });
}
