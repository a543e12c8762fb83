// What is taken along: a link, files, and a page that works without a server.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { VIEW, drawn, measured, textOf, watch } from "./page.mjs";

export async function link({ page, seen, context }) {
  await page.waitForFunction(() => location.hash.startsWith("#s="));
  await page.getByRole("button", { name: "Copy link" }).click();
  await page.waitForSelector("#toast.seen");
  const other = await context.newPage();
  watch(other, seen);
  await other.goto(page.url());
  await drawn(other);
  seen.linked = {
    texts: await other
      .locator("textarea")
      .evaluateAll((fields) => fields.map((field) => field.value)),
    epochs: await other.locator("#plan-epochs").inputValue(),
    curves: (await measured(other)).curves.map(({ id }) => id),
  };
  seen.texts = [await textOf(page, 0), await textOf(page, 1)];
  await other.close();
}

export async function files({ page, seen, folder }) {
  async function exported(name) {
    await page.locator(".menu summary").click();
    const waiting = page.waitForEvent("download");
    await page.locator(".menu button", { has: page.locator("b", { hasText: name }) }).click();
    const file = join(folder, `schedule.${name.toLowerCase()}`);
    await (await waiting).saveAs(file);
    return file;
  }
  for (const name of ["HTML", "PNG", "SVG", "CSV"]) await exported(name);
  await page.emulateMedia({ colorScheme: "dark" });
  seen.dark = await readFile(await exported("SVG"), "utf8");
  await page.emulateMedia({ colorScheme: "light" });
  await exported("SVG");
}

export async function alone({ browser, seen, folder }) {
  const offline = await browser.newContext({
    viewport: VIEW,
    acceptDownloads: true,
    offline: true,
  });
  const alone = await offline.newPage();
  const asked = [];
  alone.on("request", (request) => asked.push(request.url()));
  alone.on("console", (message) => seen.problems.push(`exported: ${message.text()}`));
  alone.on("pageerror", (error) => seen.problems.push(`exported: ${error.message}`));
  await alone.goto(pathToFileURL(join(folder, "schedule.html")).href);
  await alone.waitForFunction(() => document.documentElement.dataset.ready === "true");
  const code = () => alone.locator("#code").textContent();
  seen.exported = {
    asked: asked.filter((one) => !one.startsWith("data:") && !one.startsWith("blob:")),
    title: await alone.title(),
    code: await code(),
    words: await alone.locator(".run .finding").allTextContents(),
    ...(await measured(alone)),
  };
  await alone.getByRole("button", { name: "Warmup" }).click();
  await alone.waitForFunction(
    () => JSON.parse(document.querySelector(".chart").dataset.view)[1] < 5000,
  );
  seen.exportedView = await alone.evaluate(() => document.querySelector(".chart").dataset.view);

  await alone.locator(".menu summary").click();
  const waiting = alone.waitForEvent("download");
  await alone.getByRole("button", { name: "the rate of every" }).click();
  await (await waiting).saveAs(join(folder, "alone.csv"));

  seen.svg = (await readFile(join(folder, "schedule.svg"), "utf8")).slice(0, 200);
}
