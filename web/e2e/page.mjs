// What every scene needs: a page that is watched, and what can be seen of it.
import { chromium } from "playwright-core";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export const VIEW = { width: 1280, height: 900 };

export const launch = () => chromium.launch({ executablePath: "/usr/bin/chromium", args: FLAGS });

/** Notes in `seen` what a page asks for, and what goes wrong. */
export function watch(page, seen) {
  page.setDefaultTimeout(10_000);
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) seen.problems.push(message.text());
  });
  page.on("pageerror", (error) => seen.problems.push(error.message));
  page.on("request", (request) => seen.requests.push(request.url()));
}

/** Until the picture is about what stands in the text fields. */
export async function drawn(page) {
  await page.waitForFunction(() => {
    const texts = [...document.querySelectorAll("textarea")].map((field) => field.value);
    return document.querySelector(".chart")?.dataset.texts === JSON.stringify(texts);
  });
}

export async function type(page, text, line = 0) {
  await page.locator(`#line-${line}`).fill(text);
  await drawn(page);
}

export const textOf = (page, line = 0) => page.locator(`#line-${line}`).inputValue();

/** Until a text is another. */
export async function changed(page, old, line = 0) {
  await page.waitForFunction(
    ([name, was]) => document.querySelector(name).value !== was,
    [`#line-${line}`, old],
  );
  await drawn(page);
}

/** The ends of each curve, and where the axes have their ticks, in pixels of the picture. */
export function measured(page) {
  return page.evaluate(() => {
    const shift = (node) => {
      const found = /translate\(([^,]+),([^)]+)\)/.exec(node?.getAttribute("transform") ?? "");
      return found ? [Number(found[1]), Number(found[2])] : [0, 0];
    };
    const curves = [...document.querySelectorAll(".picture g[data-curve]")].map((group) => {
      const paths = [...group.querySelectorAll("path")];
      const numbers = paths.map((path) =>
        path
          .getAttribute("d")
          .match(/-?[\d.]+(?:e-?\d+)?/g)
          .map(Number),
      );
      const all = numbers.flat();
      return {
        id: group.dataset.curve,
        paths: paths.length,
        first: all.slice(0, 2),
        last: all.slice(-2),
        points: all,
      };
    });
    // Epochs stand above, updates below.
    const lowest = Math.max(
      ...[...document.querySelectorAll('.picture g[aria-label="x-axis tick label"] text')].map(
        (tick) => shift(tick)[1],
      ),
    );
    const ticks = (name, place) =>
      [...document.querySelectorAll(`.picture g[aria-label="${name} tick label"] text`)]
        .filter((tick) => place === 1 || shift(tick)[1] === lowest)
        .map((tick) => [tick.textContent, shift(tick)[place]]);
    return { curves, x: ticks("x-axis", 0), y: ticks("y-axis", 1) };
  });
}

export const focused = (page) => page.evaluate(() => document.activeElement.tagName);
