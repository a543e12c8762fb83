// Numbers in a text, replaced where they stand. The server counts characters, a string UTF-16 units.
import { quantum, spelt } from "./format";
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
  /** Whether it counts: lengths, steps, times. */
  whole: boolean;
  /** Whether equal ways are equal factors. */
  factors: boolean;
  /** From a part of the way, 0 to 1, to a value. */
  value(part: number): number;
  part(value: number): number;
}

export const STEPS = 1000;

/** Arguments that are no counts, whole though they may be spelt. */
const VALUES =
  /(^|: )(height|start|stop|value( at .*)?|rate|power|k|factor|ratio|decay_rate|beta2|std|limit|low|lower|upper|level|constant|anneal|bound|capacity|stretch|timescale|argument \d+|(min|initial)_lr)$/;
/** Those that may be 0, and counts that may. */
const FROM_0 = /(^|: )(start|stop|value( at .*)?|std|limit|low|level|constant|min_lr|step|seed|n)$/;

/** What a slider goes through: rates by factors, counts and shares in a straight line. */
export function sliderScale(number: NumberInText): Scale {
  const [, , value, label, spelt] = number;
  const whole = spelt && !VALUES.test(label);
  if (value > 0 && (/(^|: )height$/.test(label) || (value < 0.02 && !whole))) {
    const low = value / 30;
    const ratio = Math.log(900);
    return {
      low,
      high: value * 30,
      whole,
      factors: true,
      value: (part) => low * Math.exp(part * ratio),
      part: (now) => Math.log(Math.max(now, low) / low) / ratio,
    };
  }
  const high = value > 0 ? 2 * value : 1;
  const low = FROM_0.test(label) || value <= 0 ? 0 : value >= 2 || whole ? 1 : value / 30;
  const room = high - low || 1;
  return {
    low,
    high,
    whole,
    factors: false,
    value: (part) => low + part * room,
    part: (now) => (now - low) / room,
  };
}

/** The value of a slider, rounded as the number is spelt. */
export function slid(scale: Scale, part: number): number {
  const value = scale.value(part);
  if (!scale.whole) return Number(value.toPrecision(3));
  const round = value >= 2000 ? Number(value.toPrecision(3)) : value;
  return Math.max(scale.low, Math.round(round));
}

/** The next value, so many presses of a key away: it is always another, unless it is at an end. */
export function stepped(scale: Scale, value: number, presses: number): number {
  const { low, high } = scale;
  if (!scale.factors) {
    const unit = quantum((high - low || 1) / STEPS);
    const by = presses * (scale.whole ? Math.max(1, unit) : unit);
    return Math.min(Math.max(low, high), Math.max(low, Number((value + by).toPrecision(12))));
  }
  const next = scale.value(scale.part(value) + presses / (STEPS / 2));
  return Number(Math.min(high, Math.max(low, next)).toPrecision(3));
}
