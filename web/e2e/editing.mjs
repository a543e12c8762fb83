// A text is typed, slid and dragged, and marked where it is wrong.
import { drawn, measured, textOf, type } from "./page.mjs";

export async function typing({ page, seen, url }) {
  await page.goto(url);
  await drawn(page);
  await type(page, "2e-3 * (warmup(1000) >> cosine(9000, stop=0.1))");
  seen.typed = { text: await textOf(page), ...(await measured(page)) };
  seen.said = await page.locator("#line-0-said").textContent();

  // ---- a slider ----
  const slider = page.locator('.line.chosen input[data-number="1"]');
  await slider.focus();
  for (let i = 0; i < 20; i += 1) await page.keyboard.press("ArrowRight");
  await page.waitForFunction(
    (old) => document.querySelector("#line-0").value !== old,
    seen.typed.text,
  );
  await drawn(page);
  seen.slid = { text: await textOf(page), ...(await measured(page)) };
}

/** Takes a knot along, until it is where the hand is. */
export async function drag(page, knot, right, down) {
  const before = await textOf(page);
  const dot = `[data-knot="${knot}"] .dot`;
  const box = await page.locator(dot).boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + right / 2, y + down / 2);
  await page.mouse.move(x + right, y + down);
  // It follows the hand, to within the two pixels of a round number.
  await page.waitForFunction(
    ([name, wantedX, wantedY]) => {
      const now = document.querySelector(name)?.getBoundingClientRect();
      const near = (begin, size, wanted) => Math.abs(begin + size / 2 - wanted) <= 3;
      return now && near(now.left, now.width, wantedX) && near(now.top, now.height, wantedY);
    },
    [dot, x + right, y + down],
  );
  await page.mouse.up();
  await drawn(page);
  return { before, text: await textOf(page), ...(await measured(page)) };
}

export async function knots({ page, seen }) {
  await type(page, "1e-3 * (warmup(1000) >> hold(6000) >> cosine(3000))");
  seen.draggedAcross = await drag(page, "2-both", -90, 0);
  seen.draggedUp = await drag(page, "3-both", 0, -80);
  const beforeKey = await textOf(page);
  await page.locator('[data-knot="1-both"]').focus();
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction((old) => document.querySelector("#line-0").value !== old, beforeKey);
  await drawn(page);
  seen.key = { before: beforeKey, text: await textOf(page) };
  seen.keyFocus = await page.evaluate(() => document.activeElement?.getAttribute("data-knot"));
}

export async function wrong({ page, seen }) {
  await type(page, "1e-3 * cosin(100)");
  await page.waitForSelector(".line.wrong mark");
  seen.error = await page.evaluate(() => {
    const mark = document.querySelector("mark");
    const field = document.querySelector("#line-0");
    const style = getComputedStyle(field);
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = style.font;
    return {
      marked: mark.textContent,
      left: mark.getBoundingClientRect().left,
      expected:
        field.getBoundingClientRect().left +
        parseFloat(style.paddingLeft) +
        pen.measureText("1e-3 * ").width,
      said: document.querySelector("#line-0-said").textContent,
      invalid: field.getAttribute("aria-invalid"),
      curves: document.querySelectorAll(".picture g[data-curve] path").length,
    };
  });
}
