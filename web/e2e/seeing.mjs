// What is seen and taken along: each scene returns what it saw.
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { changed, drawn, focused, textOf, type, watch } from "./page.mjs";

/** On a logarithmic scale 0 is nowhere, and a knot moves by factors. */
export async function log({ page }) {
  await page.locator("#log").check();
  await type(page, "1e-3 * (cosine(100) | hold(100, value=0) | hold(100, value=0.001))");
  const path = () => page.locator('[data-curve="line-0"] path').first().getAttribute("d");
  const broken = await path();
  await type(page, "1e-5 * (cosine(100, stop=0.001) | hold(100))");
  const before = await textOf(page);
  await page.locator('[data-knot="1-before"]').focus();
  await page.keyboard.press("ArrowUp");
  await changed(page, before);
  return { broken, before, text: await textOf(page) };
}

/** The rate under the pointer is the schedule's, not that of a line between two points. */
export async function readout({ page }) {
  await type(page, "1e-3 * repeat(cosine(13), times=8000)");
  const box = await page.locator(".ground").boundingBox();
  for (const part of [0.3, 0.31]) {
    await page.mouse.move(box.x + part * box.width, box.y + box.height / 2);
  }
  await page.waitForSelector(".readout:not([hidden])");
  const words = () => page.locator(".readout").innerText();
  const first = await words();
  await page.mouse.move(box.x + 0.6 * box.width, box.y + box.height / 2);
  await page.waitForFunction((old) => document.querySelector(".readout").innerText !== old, first);
  return { text: await textOf(page), words: [first, await words()] };
}

/** A cut link says so, and the example is there. */
export async function brokenLink({ page, url }) {
  await page.goto("about:blank");
  await page.goto(`${url}#s=AAAA`);
  await page.waitForSelector("#toast.seen");
  await drawn(page);
  return { toast: await page.locator("#toast").textContent(), text: await textOf(page) };
}

/** The same file again is the same run, which can be hidden; a link has its audit. */
export async function sameRun({ page, folder }) {
  for (let i = 0; i < 2; i += 1) {
    await page.locator('input[type="file"]').setInputFiles(join(folder, "run.csv"));
    await page.waitForSelector(".run .finding");
  }
  await page.locator('input[type="file"]').setInputFiles(join(folder, "run.csv"));
  await page.waitForFunction(() => document.querySelector('[data-curve="run-0"]'));
  const count = await page.locator(".run").count();
  await page.getByRole("button", { name: "Show run.csv" }).click();
  await page.waitForFunction(() => !document.querySelector('[data-curve="run-0"]'));
  return { count, focus: await focused(page) };
}

/** A server that does not have a run says nothing of it; the link does. */
export async function linkedRun({ page, folder, context, seen }) {
  await drawn(page);
  await page.locator('input[type="file"]').setInputFiles(join(folder, "run.csv"));
  await page.waitForSelector(".run .finding");
  await page.waitForFunction(() => location.hash.length > 1);
  const words = () => page.locator(".run .finding").allTextContents();
  const before = await words();
  await page.getByRole("button", { name: "Copy link" }).click();
  await page.waitForSelector("#toast.seen");
  const other = await context.newPage();
  watch(other, seen);
  await other.route("**/ask", async (route) => {
    if (route.request().postDataJSON().ask !== "audit") return route.continue();
    return route.fulfill({ json: { missing: true } });
  });
  await other.goto(page.url());
  await other.waitForSelector(".run .hint:has-text('choose it again')");
  const linked = await other.locator(".run .finding").allTextContents();
  await other.unrouteAll({ behavior: "wait" });
  await other.locator('input[type="file"]').setInputFiles(join(folder, "run.csv"));
  await other.waitForFunction(() => !document.querySelector(".runs").innerText.includes("again"));
  const count = await other.locator(".run").count();
  await other.close();
  return { before, linked, count };
}

/** Many updates come in blocks, all of them. */
export async function longTable({ page, folder }) {
  await type(page, "1e-3 * (warmup(500) >> cosine(59500))");
  await page.locator(".menu summary").click();
  const waiting = page.waitForEvent("download");
  await page.getByRole("button", { name: "the rate of every" }).click();
  await page.waitForFunction(() =>
    document.querySelector("#toast").textContent.includes("of 60,000 updates"),
  );
  await (await waiting).saveAs(join(folder, "long.csv"));
  return true;
}

/** The words of a saved picture begin beside their samples, and end within it. */
export async function legend({ page, folder }) {
  await page.goto("about:blank");
  await page.setContent(await readFile(join(folder, "schedule.svg"), "utf8"));
  return page.evaluate(() => {
    const picture = document.querySelector("svg");
    const texts = [...picture.querySelectorAll(":scope > text")];
    return {
      width: Number(picture.getAttribute("width")),
      words: texts.map((text) => [text.getBBox().x, text.getBBox().x + text.getBBox().width]),
      unresolved: picture.outerHTML.includes("var("),
      samples: [...picture.querySelectorAll(":scope > line")].map((line) => [
        line.getAttribute("stroke"),
        line.getAttribute("stroke-width"),
      ]),
    };
  });
}

/** The picture is in sight while the last of the schedules is edited, on a phone too. */
export async function sight({ page }) {
  await drawn(page);
  for (let i = 0; i < 5; i += 1) {
    await page.getByRole("button", { name: "Add a schedule" }).click();
  }
  const tops = [];
  for (const [width, height] of [
    [1280, 800],
    [390, 844],
  ]) {
    await page.setViewportSize({ width, height });
    await page.waitForFunction(
      (most) => document.querySelector(".picture").clientWidth < most,
      width,
    );
    await page.locator("#line-5").focus();
    const slider = page.locator(".line.chosen .slider input").last();
    await slider.focus();
    await slider.scrollIntoViewIfNeeded();
    const picture = await page.locator(".picture").boundingBox();
    const edited = await slider.boundingBox();
    tops.push([picture.y, picture.y + picture.height, edited.y, height]);
  }
  return tops;
}
