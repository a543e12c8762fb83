// Ctrl-Z, Ctrl-Shift-Z and Ctrl-Y: of the whole page, wherever the focus is.
import { el, svg } from "./dom";
import type { Store } from "./store";

/** Fields that are not of the state keep the browser's own. */
const OWN = "dialog, .zoom";

export function listen(store: Store): void {
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    if ((event.target as Element).closest?.(OWN)) return;
    const key = event.key.toLowerCase();
    if (key === "z" && !event.shiftKey) store.undo();
    else if (key === "y" || key === "z") store.redo();
    else return;
    event.preventDefault();
  });
}

export function undoButton(store: Store): HTMLElement {
  const button = el("button", {
    type: "button",
    class: "live undo",
    title: "Undo (Ctrl-Z)",
    "aria-label": "Undo",
    click: () => store.undo(),
  });
  button.append(
    svg(
      "svg",
      { viewBox: "0 0 20 20", "aria-hidden": "true" },
      svg("path", { d: "M7.5 4L4 7.5L7.5 11M4.5 7.5H12a4 4 0 0 1 0 8H8" }),
    ),
  );
  const show = (): void => button.setAttribute("aria-disabled", String(!store.canUndo));
  store.on(show);
  show();
  return button;
}
