// The run and its findings, a closer look, a recorded run, the gallery and the code.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { drawn, measured, textOf, type } from "./page.mjs";

export async function plan({ page, seen }) {
  await type(page, "1e-3 * cosine(2500)");
  await page.locator("#plan-epochs").fill("10");
  await page.locator("#plan-examples").fill("32000");
  await page.locator("#plan-batch_size").fill("32");
  await page.waitForSelector(".finding.error");
  seen.findings = await page.locator(".findings .finding p").allTextContents();
  await page.locator(".finding.error .mend button").first().click();
  await page.waitForFunction(() => document.querySelector(".findings .finding.error") === null);
  await drawn(page);
  seen.mended = await textOf(page);
  seen.plan = await page.locator(".plan .said").textContent();
}

export async function zoom({ page, seen }) {
  await type(page, "1e-3 * (warmup(500) >> cosine(9500))");
  await page.getByRole("button", { name: "Warmup" }).click();
  await page.waitForFunction(
    () => JSON.parse(document.querySelector(".chart").dataset.view)[1] < 1000,
  );
  seen.zoom = {
    view: await page.evaluate(() => document.querySelector(".chart").dataset.view),
    ...(await measured(page)),
  };
  await page.getByRole("button", { name: "Whole" }).click();
  await page.waitForFunction(
    () => JSON.parse(document.querySelector(".chart").dataset.view)[1] === 10000,
  );
}

export async function recorded({ page, seen, folder }) {
  const rows = Array.from({ length: 8000 }, (_, i) => `${i},${i < 500 ? (1e-3 * i) / 500 : 9e-4}`);
  await writeFile(join(folder, "run.csv"), `step,learning_rate\n${rows.join("\n")}\n`);
  await page.locator('input[type="file"]').setInputFiles(join(folder, "run.csv"));
  await page.waitForSelector(".run .finding");
  seen.run = {
    words: await page.locator(".run .finding").allTextContents(),
    curves: (await measured(page)).curves.map(({ id, paths }) => ({ id, paths })),
  };
}

export async function gallery({ page, seen }) {
  await page.getByRole("button", { name: "Gallery" }).click();
  await page.waitForSelector(".shapes button");
  seen.shapes = await page.locator(".shapes button").count();
  await page.getByLabel("add it beside the others").check();
  await page.locator(".gallery input[type=search]").fill("OneCycleLR");
  await page.locator('.shapes button[data-shape="one_cycle"]').click();
  await page.waitForSelector("#line-1");
  await drawn(page);
  seen.gallery = await textOf(page, 1);
}

export async function code({ page, seen }) {
  seen.codes = {};
  for (const name of ["Keras", "PyTorch", "optax", "Python", "Shell"]) {
    const old = await page.locator("#code").textContent();
    await page.getByRole("tab", { name }).click();
    if (name !== "Keras") {
      await page.waitForFunction((was) => document.querySelector("#code").textContent !== was, old);
    }
    seen.codes[name] = await page.locator("#code").textContent();
  }
}

export async function names({ page, seen }) {
  seen.nameless = await page.evaluate(() =>
    [...document.querySelectorAll("button, input:not([hidden]), select, textarea, [role=slider]")]
      .filter((one) => !one.hidden)
      .filter((one) => {
        const labels = one.labels ? [...one.labels].map((label) => label.textContent).join("") : "";
        return !(one.getAttribute("aria-label") || labels.trim() || one.textContent.trim());
      })
      .map((one) => one.outerHTML.slice(0, 120)),
  );
  await page.setViewportSize({ width: 360, height: 740 });
  await page.waitForFunction(() => document.querySelector(".picture").clientWidth <= 360);
  seen.narrow = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    window.innerWidth,
  ]);
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.waitForFunction(() => document.querySelector(".picture").clientWidth > 700);
}
