// The bar at the top: gallery, link, files, light and dark.
import { Refusal } from "./api";
import type { Chart } from "./chart";
import { copied } from "./code";
import { download, el, toast } from "./dom";
import { csvFile, pngFile, staticPage, svgFile } from "./exporting";
import type { Gallery } from "./gallery";
import { toFragment } from "./share";
import type { Store } from "./store";

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
      button("Gallery", () => void gallery.open(), "live"),
      button("Copy link", () => void this.share(), "live"),
      this.menu,
      this.theme(),
    );
  }

  private exports(): HTMLDetailsElement {
    const menu = el("details", { class: "menu" }, el("summary", {}, "Export"));
    const item = (
      name: string,
      hint: string,
      kind: string,
      act: () => Promise<void>,
    ): HTMLElement => {
      const button = el("button", { type: "button", class: kind }, el("b", {}, name), hint);
      button.addEventListener("click", () => {
        menu.open = false;
        act().catch((error: unknown) => {
          if (!(error instanceof Refusal)) throw error;
          toast(error.message);
        });
      });
      return button;
    };
    menu.append(
      el(
        "div",
        { class: "items" },
        item("HTML", "a page that works offline", "live", async () => {
          download(
            "schedule.html",
            new Blob([await staticPage(this.store)], { type: "text/html" }),
          );
        }),
        item("PNG", "the picture, in pixels", "", async () =>
          download("schedule.png", await pngFile(this.store, this.picture)),
        ),
        item("SVG", "the picture, as curves", "", async () =>
          download("schedule.svg", svgFile(this.store, this.picture)),
        ),
        item("CSV", "the rate of every update", "", async () =>
          download("schedule.csv", await csvFile(this.store)),
        ),
      ),
    );
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
