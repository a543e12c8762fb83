// How numbers are written: rates short, steps with separated thousands, literals as they were.

/** A rate, as short as the digits allow: 0.0003, 1e-5, 0. */
export function rate(value: number, digits = 4): string {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  const short = Number(value.toPrecision(digits));
  if (size >= 1e-4 && size < 1e6) return String(short);
  return short.toExponential().replace("e+", "e");
}

/** A step or a length: 10,000. */
export function step(value: number): string {
  if (!Number.isFinite(value)) return "endless";
  if (Math.abs(value) >= 1e12) return rate(value);
  return value.toLocaleString("en-US", { maximumFractionDigits: 2 });
}

/** A step on an axis: 10k, 1.5M. */
export function shortStep(value: number): string {
  for (const [size, sign] of [
    [1e9, "G"],
    [1e6, "M"],
    [1e3, "k"],
  ] as const) {
    if (Math.abs(value) >= 10 * size || (Math.abs(value) >= size && value % (size / 10) === 0)) {
      return `${Number((value / size).toPrecision(6))}${sign}`;
    }
  }
  return step(value);
}

/** A new value in the manner of the old literal: whole, or with the same power of ten. */
export function spelt(value: number, old: string): string {
  const found = /^[^e]*e([+-]?\d+)$/i.exec(old);
  if (found?.[1] !== undefined && value !== 0) {
    const mantissa = Number((value / 10 ** Number(found[1])).toPrecision(6));
    if (Math.abs(mantissa) >= 0.1 && Math.abs(mantissa) < 1000) return `${mantissa}e${found[1]}`;
  }
  if (/^\d+$/.test(old) && Number.isInteger(value)) return String(value);
  return rate(value, 6);
}

/** The value rounded to so many digits. */
export function rounded(value: number, digits = 3): number {
  return value === 0 ? 0 : Number(value.toPrecision(digits));
}

/** The largest of 1, 2, 5 × 10ⁿ that is no larger than a distance. */
export function quantum(distance: number): number {
  const power = 10 ** Math.floor(Math.log10(distance));
  const factor = [5, 2, 1].find((one) => one * power <= distance * (1 + 1e-9)) ?? 1;
  return Number((factor * power).toPrecision(1));
}

/** The multiple of `unit` next to a value, without binary dust. */
export function snapped(value: number, unit: number): number {
  return Number((Math.round(value / unit) * unit).toPrecision(10));
}

/** A sentence with one sign at its end. */
export function sentence(text: string): string {
  return text.replace(/([?!])\.$/, "$1");
}
