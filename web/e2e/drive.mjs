// Uses the designer as a person does, in headless Chromium, and prints what was seen as JSON.
//
//     node web/e2e/drive.mjs URL FOLDER
//
// tests/integration/test_designer.py judges it. There are no pauses: every wait is for a condition.
import * as editing from "./editing.mjs";
import * as mending from "./mending.mjs";
import { VIEW, launch, watch } from "./page.mjs";
import * as running from "./running.mjs";
import * as seeing from "./seeing.mjs";
import * as taking from "./taking.mjs";

const [url, folder] = process.argv.slice(2);
const seen = { problems: [], requests: [] };
const browser = await launch();
const context = await browser.newContext({ viewport: VIEW, acceptDownloads: true });
const page = await context.newPage();
watch(page, seen);
const stage = { browser, context, page, seen, url, folder };

// Each scene goes on where the last one ended.
await editing.typing(stage);
await editing.knots(stage);
await editing.wrong(stage);
await running.plan(stage);
await running.zoom(stage);
await running.recorded(stage);
await running.gallery(stage);
await running.code(stage);
await running.names(stage);
await taking.link(stage);
await taking.files(stage);
await taking.alone(stage);
await page.close();
// Each of these has a page of its own.
for (const [name, scene] of Object.entries({ ...mending, ...seeing })) {
  const own = await context.newPage();
  watch(own, seen);
  await own.goto(url);
  seen[name] = await scene({ ...stage, page: own });
  await own.close();
}
await browser.close();
process.stdout.write(JSON.stringify(seen));
