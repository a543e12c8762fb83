// The designer in use, as a picture: node web/e2e/picture.mjs URL RUN.csv PICTURE.png
import { chromium } from "playwright-core";

const [url, run, picture] = process.argv.slice(2);
const FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"];
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: FLAGS });
const page = await browser.newPage({
  viewport: { width: 1240, height: 830 },
  colorScheme: "light",
  reducedMotion: "reduce",
});
await page.goto(url);
await page.waitForSelector(".picture");
await page.locator('input[type="file"]').setInputFiles(run);
await page.waitForSelector(".run .finding");
await page.waitForFunction(() => document.querySelector("#code").textContent.includes("lr ="));
await page.screenshot({ path: picture });
await browser.close();
