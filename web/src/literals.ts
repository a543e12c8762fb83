// Numbers in a text, replaced where they stand. The server counts characters, a string UTF-16 units.
import { spelt } from "./format";
import type { NumberInText } from "./types";

/** The index in a string of a place that is counted in characters. */
export function index(text: string, position: number): number {
  let at = 0;
  for (let left = position; left > 0 && at < text.length; left -= 1) {
    at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  }
  return at;
}

/** The literal of a number as it is spelt in the text. */
export function literal(text: string, number: NumberInText): string {
  return text.slice(index(text, number[0]), index(text, number[1]));
}

/** The text with another value for one of its numbers, and where all of them are then. */
export function replaced(
  text: string,
  numbers: NumberInText[],
  which: number,
  value: number,
): { text: string; numbers: NumberInText[] } {
  const number = numbers[which];
  if (number === undefined) return { text, numbers };
  const [begin, end] = number;
  const written = spelt(value, literal(text, number));
  const shift = written.length - (end - begin);
  return {
    text: text.slice(0, index(text, begin)) + written + text.slice(index(text, end)),
    numbers: numbers.map((one, place) => {
      if (place === which) return [begin, end + shift, value, one[3], one[4]];
      return one[0] < end ? one : [one[0] + shift, one[1] + shift, one[2], one[3], one[4]];
    }),
  };
}

export interface Scale {
  low: number;
  high: number;
  /** From a part of the way, 0 to 1, to a value. */
  value(part: number): number;
  part(value: number): number;
}

const PARTS = 1000;
export const STEPS = PARTS;

/** What a slider goes through: rates by factors, whole numbers and shares in a straight line. */
export function sliderScale(number: NumberInText): Scale {
  const [, , value, label, whole] = number;
  if (value > 0 && (label === "height" || (value < 0.02 && !whole))) {
    const low = value / 30;
    const ratio = Math.log(900);
    return {
      low,
      high: value * 30,
      value: (part) => low * Math.exp(part * ratio),
      part: (now) => Math.log(Math.max(now, low) / low) / ratio,
    };
  }
  const high = value > 0 ? 2 * value : 1;
  return { low: 0, high, value: (part) => part * high, part: (now) => now / high };
}

/** The value of a slider, rounded as the number is spelt. */
export function slid(scale: Scale, part: number, whole: boolean): number {
  const value = scale.value(part);
  if (!whole) return Number(value.toPrecision(3));
  const round = value >= 2000 ? Number(value.toPrecision(3)) : value;
  return Math.max(1, Math.round(round));
}
