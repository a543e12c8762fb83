// How fast the page is. Reads one command a line and answers each with a line of JSON:
//
//     open URL     loads the page until its first curve is drawn
//     keys N       types N digits into the text; milliseconds from each key to the painted curve
//
// benchmarks/designer.py starts it and judges.
import { createInterface } from "node:readline";

import { chromium } from "playwright-core";

const FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"];
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: FLAGS });
const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
page.setDefaultTimeout(20_000);

async function open(url) {
  await page.goto(url, { waitUntil: "commit" });
  await page.waitForFunction(() => document.documentElement.dataset.ready === "true");
}

/** In the page: the time of the next key, until the frame after its curve is in the document. */
function armed() {
  window.measured = new Promise((resolve) => {
    let begin = 0;
    window.addEventListener(
      "keydown",
      () => {
        begin = performance.now();
      },
      { capture: true, once: true },
    );
    const watcher = new MutationObserver(() => {
      const now = document.querySelector(".chart").dataset.texts;
      if (begin === 0 || now !== JSON.stringify([document.querySelector("textarea").value])) return;
      watcher.disconnect();
      requestAnimationFrame(() => resolve(performance.now() - begin));
    });
    watcher.observe(document.querySelector(".chart"), { childList: true, attributes: true });
  });
}

async function keys(count) {
  const field = page.locator("textarea").first();
  await field.fill("1e-3 * (warmup(5000) >> cosine(95000))");
  await field.press("End");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  const found = [];
  for (let i = 0; i < count; i += 1) {
    await page.evaluate(armed);
    // A digit changes the length, a Backspace gives it back.
    await page.keyboard.press(i % 2 === 0 ? "Backspace" : String(i % 10));
    found.push(await page.evaluate(() => window.measured));
  }
  return found;
}

process.stdout.write('"ready"\n');
for await (const line of createInterface({ input: process.stdin })) {
  const [command, argument] = line.split(" ");
  const answer = command === "open" ? await open(argument) : await keys(Number(argument));
  process.stdout.write(`${JSON.stringify(answer ?? null)}\n`);
}
await browser.close();
