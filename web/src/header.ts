// The bar at the top: gallery, link, files, light and dark.
import { Refusal } from "./api";
import type { Chart } from "./chart";
import { copied } from "./code";
import { download, el, toast } from "./dom";
import { pngFile, staticPage, svgFile } from "./exporting";
import { step } from "./format";
import type { Gallery } from "./gallery";
import { undoButton } from "./keys";
import { toFragment } from "./share";
import type { Store } from "./store";
import { csvFile } from "./table";

const THEMES = ["auto", "light", "dark"] as const;

export class Header {
  readonly host: HTMLElement;
  private readonly menu: HTMLDetailsElement;

  constructor(
    private readonly store: Store,
    private readonly chart: Chart,
    gallery: Gallery,
  ) {
    const button = (name: string, act: () => void, kind = ""): HTMLElement =>
      el("button", { type: "button", class: kind, click: act }, name);
    this.menu = this.exports();
    this.host = el(
      "header",
      { class: "bar" },
      el("h1", {}, mark(), "lrkit", el("span", {}, " designer")),
      undoButton(store),
      button("Gallery", () => void gallery.open(), "live"),
      this.link(),
      this.menu,
      this.theme(),
    );
  }

  private exports(): HTMLDetailsElement {
    const { store } = this;
    const menu = el("details", { class: "menu" }, el("summary", {}, "Export"));
    const items = [
      this.item("HTML", "a page that works offline", "live", async () =>
        download(
          "schedule.html",
          new Blob([await staticPage(store, progress)], { type: "text/html" }),
        ),
      ),
      this.item("PNG", "the picture, in pixels", "", async () =>
        download("schedule.png", await pngFile(store, this.picture)),
      ),
      this.item("SVG", "the picture, as curves", "", async () =>
        download("schedule.svg", svgFile(store, this.picture)),
      ),
    ];
    // A page without a server has the rates with it, unless they are too many.
    if (!store.frozen || store.start.frozen?.rates !== undefined) {
      const csv = this.item("CSV", "the rate of every update", "", async () =>
        download("schedule.csv", await csvFile(store, progress)),
      );
      items.push(csv);
    }
    menu.append(el("div", { class: "items" }, ...items));
    document.addEventListener("click", (event) => {
      if (!menu.contains(event.target as Node)) menu.open = false;
    });
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      menu.open = false;
      menu.querySelector("summary")?.focus();
    });
    return menu;
  }

  /** One entry of the menu; what it cannot do is told. */
  private item(name: string, hint: string, kind: string, act: () => Promise<void>): HTMLElement {
    const button = el("button", { type: "button", class: kind }, el("b", {}, name), hint);
    button.addEventListener("click", () => {
      this.menu.open = false;
      this.menu.querySelector("summary")?.focus();
      act().catch((error: unknown) => {
        if (!(error instanceof Refusal)) throw error;
        toast(error.message);
      });
    });
    return button;
  }

  private link(): HTMLElement {
    const button = el("button", { type: "button", class: "live", "aria-label": "Copy link" });
    button.append(
      el("span", { class: "wide" }, "Copy link"),
      el("span", { class: "tight" }, "Link"),
    );
    button.addEventListener("click", () => void this.share());
    return button;
  }

  private get picture(): SVGSVGElement {
    const frame = this.chart.frame;
    if (frame === null) throw new Refusal("There is no curve yet.");
    return frame.svg;
  }

  private async share(): Promise<void> {
    const link = location.href.replace(/#.*$/s, "") + (await toFragment(this.store.state));
    history.replaceState(null, "", link);
    await copied(link, "The link holds all of this. Elsewhere it opens with: lrkit design 'LINK'");
  }

  private theme(): HTMLElement {
    const button = el("button", { type: "button", class: "theme" });
    const show = (theme: string): void => {
      if (theme === "auto") delete document.documentElement.dataset.theme;
      else document.documentElement.dataset.theme = theme;
      button.dataset.theme = theme;
      button.textContent = { auto: "◐", light: "○", dark: "●" }[theme] ?? "";
      button.setAttribute("aria-label", `Colours: ${theme}`);
      button.title = `Colours: ${theme}`;
    };
    button.addEventListener("click", () => {
      const now = THEMES.indexOf((button.dataset.theme ?? "auto") as (typeof THEMES)[number]);
      show(THEMES[(now + 1) % THEMES.length] ?? "auto");
    });
    show("auto");
    return button;
  }
}

/** How far a table is, at the lower edge. */
function progress(done: number, all: number): void {
  if (done >= all) toast(`The rates of ${step(all)} updates are there.`);
  else toast(`The rates of ${step(done)} of ${step(all)} updates are there …`, true);
}

/** A warmup and a cosine. */
function mark(): SVGElement {
  const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  picture.setAttribute("viewBox", "0 0 28 20");
  picture.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", "M2 18L7 3C15 3 17 18 26 18");
  picture.append(path);
  return picture;
}
