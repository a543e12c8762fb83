// The page: built from what the server wrote into it, and kept in step with what is typed.
import { Chart } from "./chart";
import { CodePanel } from "./code";
import { el, toast } from "./dom";
import { Engine } from "./engine";
import { Gallery } from "./gallery";
import { Header } from "./header";
import { listen } from "./keys";
import { Lines } from "./lines";
import { Overview } from "./overview";
import { Findings, PlanPanel } from "./plan";
import { Runs } from "./runs";
import { fromFragment, isLink } from "./share";
import { Store } from "./store";
import "./style/base.css";
import "./style/frame.css";
import "./style/picture.css";
import "./style/schedules.css";
import "./style/run.css";
import "./style/dialogs.css";
import "./style/narrow.css";
import type { Start } from "./types";

function build(store: Store): void {
  const chart = new Chart(store);
  const gallery = new Gallery(store);
  const picture = { class: "card figure", "aria-label": "Picture" };
  const figure = el("section", picture, chart.host, new Overview(store).host);
  const header = new Header(store, chart, gallery);
  const left = el("div", { class: "left" }, figure, new Lines(store).host, new Runs(store).host);
  const right = el("div", { class: "right" });
  for (const panel of [PlanPanel, Findings, CodePanel]) right.append(new panel(store).host);
  document.body.classList.toggle("frozen", store.frozen);
  document
    .getElementById("designer")
    ?.replaceChildren(
      header.host,
      el("div", { class: "columns" }, left, right),
      footer(store.start.version),
      gallery.host,
      el("div", { id: "toast", "aria-hidden": "true" }),
      el("div", { id: "live", role: "status" }),
    );
}

function footer(version: string): HTMLElement {
  const licences = document.getElementById("licences")?.textContent ?? "";
  const dialog = el("dialog", { class: "licences" }, el("pre", { tabindex: 0 }, licences));
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  const open = el("button", { type: "button", class: "link" }, "licences of its parts");
  open.addEventListener("click", () => dialog.showModal());
  return el("footer", {}, `lrkit ${version} · `, open, dialog);
}

const BROKEN = "The link is broken: copy it again, whole.";

async function begin(): Promise<void> {
  const start = JSON.parse(document.getElementById("start")?.textContent ?? "{}") as Start;
  const store = new Store(start);
  if (start.frozen !== undefined) {
    build(store);
    const { drawn, findings } = start.frozen;
    store.takeFindings(findings, store.state.lines, start.texts);
    store.take(drawn, store.state.lines, start.texts);
    store.tell("said");
    return;
  }
  const linked = await fromFragment(location.hash);
  if (linked !== null) store.state = linked;
  build(store);
  if (linked === null && isLink(location.hash)) toast(BROKEN);
  listen(store);
  const engine = new Engine(store);
  engine.draw();
  window.addEventListener("hashchange", () => {
    const { hash } = location;
    if (!isLink(hash)) return;
    void fromFragment(hash).then((state) => (state === null ? toast(BROKEN) : store.become(state)));
  });
}

void begin();
