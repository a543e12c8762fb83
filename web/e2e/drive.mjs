// Uses the designer as a person does, in headless Chromium, and prints what was seen as JSON.
//
//     node web/e2e/drive.mjs URL FOLDER
//
// tests/integration/test_designer.py judges it. There are no pauses: every wait is for a condition.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { chromium } from "playwright-core";

const [url, folder] = process.argv.slice(2);
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const seen = { problems: [], requests: [] };

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: FLAGS });
const context = await browser.newContext({
  viewport: { width: 1280, height: 900 },
  acceptDownloads: true,
});
const page = await context.newPage();
watch(page);

function watch(one) {
  one.setDefaultTimeout(10_000);
  one.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) seen.problems.push(message.text());
  });
  one.on("pageerror", (error) => seen.problems.push(error.message));
  one.on("request", (request) => seen.requests.push(request.url()));
}

/** Until the picture is about what stands in the text fields. */
async function drawn(one = page) {
  await one.waitForFunction(() => {
    const texts = [...document.querySelectorAll("textarea")].map((field) => field.value);
    return document.querySelector(".chart")?.dataset.texts === JSON.stringify(texts);
  });
}

async function type(text, line = 0) {
  await page.locator(`#line-${line}`).fill(text);
  await drawn();
}

const text = (line = 0) => page.locator(`#line-${line}`).inputValue();

/** The ends of each curve, and where the axes have their ticks, in pixels of the picture. */
function measured(one = page) {
  return one.evaluate(() => {
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

// ---- type, and see the curve ----
await page.goto(url);
await drawn();
await type("2e-3 * (warmup(1000) >> cosine(9000, stop=0.1))");
seen.typed = { text: await text(), ...(await measured()) };
seen.said = await page.locator("#line-0-said").textContent();

// ---- a slider ----
const slider = page.locator('.line.chosen input[data-number="1"]');
await slider.focus();
for (let i = 0; i < 20; i += 1) await page.keyboard.press("ArrowRight");
await page.waitForFunction(
  (old) => document.querySelector("#line-0").value !== old,
  seen.typed.text,
);
await drawn();
seen.slid = { text: await text(), ...(await measured()) };

// ---- a knot, with the pointer and with the keys ----
await type("1e-3 * (warmup(1000) >> hold(6000) >> cosine(3000))");
async function drag(knot, right, down) {
  const before = await text();
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
  await drawn();
  return { before, text: await text(), ...(await measured()) };
}
seen.draggedAcross = await drag("2-both", -90, 0);
seen.draggedUp = await drag("3-both", 0, -80);
const beforeKey = await text();
await page.locator('[data-knot="1-both"]').focus();
await page.keyboard.press("ArrowRight");
await page.waitForFunction((old) => document.querySelector("#line-0").value !== old, beforeKey);
await drawn();
seen.key = { before: beforeKey, text: await text() };
seen.keyFocus = await page.evaluate(() => document.activeElement?.getAttribute("data-knot"));

// ---- an error under its place ----
await type("1e-3 * cosin(100)");
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

// ---- the run, its findings, and their way out ----
await type("1e-3 * cosine(2500)");
await page.locator("#plan-epochs").fill("10");
await page.locator("#plan-examples").fill("32000");
await page.locator("#plan-batch_size").fill("32");
await page.waitForSelector(".finding.error");
seen.findings = await page.locator(".findings .finding p").allTextContents();
await page.locator(".finding.error .mend button").first().click();
await page.waitForFunction(() => document.querySelector(".findings .finding.error") === null);
await drawn();
seen.mended = await text();
seen.plan = await page.locator(".plan .said").textContent();

// ---- zoom ----
await type("1e-3 * (warmup(500) >> cosine(9500))");
await page.getByRole("button", { name: "Warmup" }).click();
await page.waitForFunction(
  () => JSON.parse(document.querySelector(".chart").dataset.view)[1] < 1000,
);
seen.zoom = {
  view: await page.evaluate(() => document.querySelector(".chart").dataset.view),
  ...(await measured()),
};
await page.getByRole("button", { name: "Whole" }).click();
await page.waitForFunction(
  () => JSON.parse(document.querySelector(".chart").dataset.view)[1] === 10000,
);

// ---- a recorded run ----
const rows = Array.from({ length: 8000 }, (_, i) => `${i},${i < 500 ? (1e-3 * i) / 500 : 9e-4}`);
await writeFile(join(folder, "run.csv"), `step,learning_rate\n${rows.join("\n")}\n`);
await page.locator('input[type="file"]').setInputFiles(join(folder, "run.csv"));
await page.waitForSelector(".run .finding");
seen.run = {
  words: await page.locator(".run .finding").allTextContents(),
  curves: (await measured()).curves.map(({ id, paths }) => ({ id, paths })),
};

// ---- the gallery ----
await page.getByRole("button", { name: "Gallery" }).click();
await page.waitForSelector(".shapes button");
seen.shapes = await page.locator(".shapes button").count();
await page.getByLabel("add it beside the others").check();
await page.locator(".gallery input[type=search]").fill("OneCycleLR");
await page.locator('.shapes button[data-shape="one_cycle"]').click();
await page.waitForSelector("#line-1");
await drawn();
seen.gallery = await text(1);

// ---- code ----
seen.codes = {};
for (const name of ["Keras", "PyTorch", "optax", "Python", "Shell"]) {
  const old = await page.locator("#code").textContent();
  await page.getByRole("tab", { name }).click();
  if (name !== "Keras") {
    await page.waitForFunction((was) => document.querySelector("#code").textContent !== was, old);
  }
  seen.codes[name] = await page.locator("#code").textContent();
}

// ---- names for screen readers, and nothing wider than a phone ----
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
seen.narrow = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
await page.setViewportSize({ width: 1280, height: 900 });
await page.waitForFunction(() => document.querySelector(".picture").clientWidth > 700);

// ---- a link that holds everything ----
await page.waitForFunction(() => location.hash.startsWith("#s="));
await page.getByRole("button", { name: "Copy link" }).click();
await page.waitForSelector("#toast.seen");
const other = await context.newPage();
watch(other);
await other.goto(page.url());
await drawn(other);
seen.linked = {
  texts: await other
    .locator("textarea")
    .evaluateAll((fields) => fields.map((field) => field.value)),
  epochs: await other.locator("#plan-epochs").inputValue(),
  curves: (await measured(other)).curves.map(({ id }) => id),
};
seen.texts = [await text(0), await text(1)];
await other.close();

// ---- files ----
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

// ---- the exported page, without any network ----
const offline = await browser.newContext({ viewport: { width: 1280, height: 900 }, offline: true });
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

seen.svg = (await readFile(join(folder, "schedule.svg"), "utf8")).slice(0, 200);
await browser.close();
process.stdout.write(JSON.stringify(seen));
