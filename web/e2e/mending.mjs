// What is changed, and told where it cannot be: each scene returns what it saw.
import { drag } from "./editing.mjs";
import { changed, drawn, focused, textOf, type } from "./page.mjs";

const slider = (page, which) => page.locator(`.line.chosen input[data-number="${which}"]`);

/** Holds back the answers to one kind of question; the function given back lets them go. */
async function held(page, kind) {
  let open;
  const gate = new Promise((resolve) => (open = resolve));
  await page.route("**/ask", async (route) => {
    if (route.request().postDataJSON().ask === kind) await gate;
    await route.continue();
  });
  return open;
}

/** A slider of a text that was right says nothing of one that is wrong. */
export async function wrongSlider({ page }) {
  await type(page, "1e-3 * cosine(100)");
  await type(page, "foo + 1e-3 * cosine(100)");
  await page.waitForSelector(".line.wrong");
  await slider(page, 1).evaluate((input) => {
    input.value = "900";
    input.dispatchEvent(new Event("input"));
  });
  return {
    text: await textOf(page),
    inert: await page.locator(".line.chosen .sliders").evaluate((one) => one.inert),
    knots: await page.locator("[data-knot]").count(),
  };
}

/** What a drag answers late goes to its own schedule, and not over what was typed since. */
export async function lateDrag({ page }) {
  await page.getByRole("button", { name: "Add a schedule" }).click();
  await type(page, "5e-4 * cosine(8000)", 1);
  await page.locator("#line-0").focus();
  await page.waitForSelector('[data-knot="1-both"]');
  const before = await textOf(page);
  const open = await held(page, "drag");
  const key = async () => {
    await page.waitForSelector('[data-knot="1-both"]');
    await page.locator('[data-knot="1-both"]').focus();
    const asked = page.waitForRequest((one) => one.postDataJSON()?.ask === "drag");
    await page.keyboard.press("ArrowRight");
    await asked;
  };
  await key();
  await page.locator("#line-1").focus();
  open();
  await changed(page, before);
  const own = [await textOf(page), await textOf(page, 1)];
  await page.unrouteAll({ behavior: "wait" });

  await page.locator("#line-0").focus();
  await page.waitForFunction(() => document.querySelectorAll("[data-knot]").length === 3);
  const again = await held(page, "drag");
  await key();
  await type(page, "2e-3 * (warmup(700) >> cosine(300))");
  const answered = page.waitForResponse((one) => one.request().postDataJSON()?.ask === "drag");
  again();
  await (await answered).finished();
  await drawn(page);
  return { before, own, typed: await textOf(page) };
}

/** Whatever was done is taken back, in its order, and done again. */
export async function undo({ page }) {
  const shown = async () => {
    await drawn(page);
    const fields = page.locator("textarea, #plan-updates");
    return fields.evaluateAll((all) => all.map((one) => one.value));
  };
  const forth = [await shown()];
  const did = async (act) => {
    await act();
    forth.push(await shown());
  };
  await did(() => page.locator("#line-0").fill("1e-3 * (warmup(1000) >> cosine(9000))"));
  await did(async () => {
    await slider(page, 1).focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
  });
  await did(() => drag(page, "1-both", 90, 0));
  await did(() => page.locator("#plan-updates").fill("20000"));
  await did(async () => {
    await page.locator(".mend button").first().click();
    await changed(page, forth.at(-1)[0]);
  });
  await did(async () => {
    await page.getByRole("button", { name: "Gallery" }).click();
    await page.getByLabel("add it beside the others").check();
    await page.locator('.shapes button[data-shape="one_cycle"]').click();
    await page.waitForSelector("#line-1");
  });
  await did(async () => {
    await page.getByRole("button", { name: "Remove schedule 1" }).click();
    await page.waitForFunction(() => document.querySelector("#line-1") === null);
  });

  const pressed = async (keys) => {
    await page.keyboard.press(keys);
    return shown();
  };
  const back = [];
  const again = [];
  for (let i = 1; i < forth.length; i += 1) back.push(await pressed("Control+z"));
  for (let i = 1; i < forth.length; i += 1) {
    again.push(await pressed(i % 2 === 0 ? "Control+y" : "Control+Shift+z"));
  }
  await page.getByRole("button", { name: "Undo" }).click();
  return { forth, back, again, button: await shown() };
}

/** What is wrong with a field of the run is said at the field. */
export async function wrongFields({ page }) {
  const said = async (field, value) => {
    await page.locator(field).fill(value);
    const about = await page.locator(field).getAttribute("aria-describedby");
    return [
      await page.locator(`#${about}`).textContent(),
      await page.locator(field).getAttribute("aria-invalid"),
    ];
  };
  const updates = [await said("#plan-updates", "10x"), await said("#plan-updates", "1e30")];
  await page.locator("#plan-updates").fill("20");
  await page.waitForFunction(() => document.querySelector("#plan-said").textContent[0] === "2");
  return { updates, names: await said("#names", "a=1 b=2") };
}

/** Findings go with their schedule; the focus stays where one was. */
export async function removed({ page }) {
  await page.locator("#plan-updates").fill("10000");
  await type(page, "1e-3 * cosine(2500)");
  await page.waitForSelector(".finding.error");
  await page.getByRole("button", { name: "Add a schedule" }).click();
  await type(page, "1e-3 * cosine(10000)", 1);
  await page.waitForSelector(".finding .dot");
  await page.locator(".finding.error .mend button").first().click();
  await page.waitForFunction(() => !document.querySelector(".finding.error"));
  const used = await focused(page);
  await type(page, "1e-3 * cosine(2500)");
  await page.waitForSelector(".finding.error");
  await held(page, "check");
  await page.getByRole("button", { name: "Remove schedule 1" }).click();
  return {
    used,
    errors: await page.locator(".finding.error").count(),
    focus: await focused(page),
    live: await page.locator("[role=status], [aria-live]").count(),
  };
}

/** After the server has ended nothing is said that it did not say of this text. */
export async function ended({ page, seen }) {
  await drawn(page);
  const known = seen.problems.length;
  await page.route("**/ask", (route) => route.abort());
  await page.locator("#line-0").fill("3e-3 * cosine(77)");
  await page.waitForSelector(".findings .finding.error");
  await page.getByRole("button", { name: "Gallery" }).click();
  await page.waitForSelector(".gallery .finding.error");
  // That no answer came is what was wanted here.
  seen.problems.splice(known);
  return {
    numbers: await page.locator("#line-0-said").textContent(),
    gallery: await page.locator(".shapes").innerText(),
  };
}

/** A text as long as a book does not stop the page. */
export async function long({ page }) {
  await drawn(page);
  const text = "x".repeat(90_000);
  const begin = Date.now();
  await page.locator("#line-0").fill(text);
  await page.waitForFunction(() => document.querySelector(".line.wrong"));
  const spans = await page.locator(".line pre span").count();
  return { spans, milliseconds: Date.now() - begin };
}
