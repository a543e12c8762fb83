// The catalogue to start from: every schedule of the field that has a name.
import { Refusal, ask } from "./api";
import { el, svg, toast } from "./dom";
import { rate } from "./format";
import { MOST_LINES, type Store } from "./store";
import type { Shape } from "./types";

export class Gallery {
  readonly host: HTMLDialogElement;
  private readonly list = el("div", { class: "shapes" }, el("p", { class: "calm" }, "Loading …"));
  private readonly search: HTMLInputElement;
  private readonly beside = el("input", { type: "checkbox", id: "beside" });
  private shapes: Shape[] = [];
  private span = 100;

  constructor(private readonly store: Store) {
    this.search = el("input", {
      type: "search",
      placeholder: "cosine, OneCycleLR, WSD …",
      "aria-label": "Search the gallery",
      input: () => this.render(),
    });
    const close = el("button", { type: "button", class: "plain", "aria-label": "Close" }, "×");
    close.addEventListener("click", () => this.host.close());
    this.host = el(
      "dialog",
      { class: "gallery", "aria-labelledby": "gallery-title" },
      el("header", {}, el("h2", { id: "gallery-title" }, "Gallery"), this.search, close),
      el("label", { class: "check" }, this.beside, "add it beside the others"),
      this.list,
    );
    this.host.addEventListener("click", (event) => {
      if (event.target === this.host) this.host.close();
    });
  }

  async open(): Promise<void> {
    this.host.showModal();
    this.search.focus();
    if (this.shapes.length > 0) return;
    try {
      const found = await ask<{ span: number; shapes: Shape[] }>({ ask: "shapes" });
      this.shapes = found.shapes;
      this.span = found.span;
      this.render();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.list.replaceChildren(el("p", { class: "finding error" }, error.message));
    }
  }

  private render(): void {
    const wanted = this.shapes.filter((shape) => matches(shape, this.search.value));
    const families = new Map<string, Shape[]>();
    for (const shape of wanted) {
      families.set(shape.family, [...(families.get(shape.family) ?? []), shape]);
    }
    const blocks = [...families].map(([family, shapes]) =>
      el(
        "section",
        {},
        el("h3", {}, family),
        el("div", {}, ...shapes.map((one) => this.card(one))),
      ),
    );
    const none = el("p", { class: "calm" }, "No schedule has this in its name.");
    this.list.replaceChildren(...(blocks.length > 0 ? blocks : [none]));
  }

  private card(shape: Shape): HTMLElement {
    const picture = svg("svg", { viewBox: "-2 -3 104 46", "aria-hidden": "true" });
    picture.append(svg("path", { d: shape.path }));
    const card = el("button", { type: "button", title: shape.line, "data-shape": shape.name });
    card.append(picture, el("b", {}, shape.name), el("span", {}, shape.title));
    card.addEventListener("click", () => this.take(shape));
    return card;
  }

  private take(shape: Shape): void {
    const { store } = this;
    const { chosen, lines } = store.state;
    const curve = store.curve(chosen);
    const updates = store.about?.updates ?? curve?.length ?? 10_000;
    const text = startFrom(shape, curve?.highest[1] ?? 1e-3, Math.round(updates), this.span);
    const line = lines[chosen];
    this.host.close();
    if (line !== undefined && !this.beside.checked) store.setText(line, text);
    else if (!store.add(text)) toast(`At most ${MOST_LINES} schedules.`);
    document.getElementById(`line-${store.state.chosen}`)?.focus({ preventScroll: true });
  }
}

/** Whether a shape has all the words of a search in its names; capitals and signs do not matter. */
export function matches(shape: Shape, search: string): boolean {
  const folded = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  const names = [shape.name, shape.title, ...shape.also].map(folded).join(" ");
  return search.split(/\s+/).every((word) => names.includes(folded(word)));
}

/** An example of the catalogue, which is drawn over per cents, as high and as long as the run. */
export function startFrom(shape: Shape, height: number, updates: number, span: number): string {
  const peak = height > 0 && Number.isFinite(height) ? rate(height) : "1e-3";
  const single = /^\w+\((?:[^()]|\([^()]*\))*\)(?:\.\w+\([^()]*\))*$/.test(shape.example);
  const whole = single ? shape.example : `(${shape.example})`;
  const length = shape.endless ? `stretch(${updates / span})` : `over(${updates})`;
  return `${peak} * ${whole}.${length}`;
}
