// A slider for every number in a text: the text is rewritten where the number stands.
import { el } from "./dom";
import { rate, step } from "./format";
import type { Scale } from "./literals";
import { STEPS, replaced, slid, sliderScale, stepped } from "./literals";
import type { Store } from "./store";
import type { Line, NumberInText } from "./types";

interface Slider {
  scale: Scale;
  host: HTMLElement;
  name: HTMLElement;
  input: HTMLInputElement;
  output: HTMLOutputElement;
}

const KEYS: Record<string, number> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -10,
  PageUp: 10,
};

let gestures = 0;

export class Sliders {
  readonly host = el("div", { class: "sliders" });
  private sliders: Slider[] = [];
  private numbers: NumberInText[] = [];
  /** The text that the numbers stand in: of another they say nothing. */
  private text = "";
  /** The slider that is moved: its scale stays until it is let go. */
  private moving: number | null = null;
  private byPointer = false;

  constructor(
    private readonly store: Store,
    private readonly line: Line,
  ) {}

  /** Follow the numbers that the server found in a text. */
  update(numbers: NumberInText[], text: string): void {
    const own = text === this.text;
    this.numbers = numbers;
    this.text = text;
    if (numbers.length !== this.sliders.length) this.build();
    numbers.forEach((number, which) => {
      const slider = this.sliders[which];
      if (slider === undefined) return;
      if (slider.name.textContent !== number[3]) slider.name.textContent = number[3];
      if (!own || which !== this.moving) this.place(which);
    });
  }

  /** Whether the numbers are those of the text that stands there now. */
  get isCurrent(): boolean {
    return this.line.text === this.text;
  }

  private build(): void {
    this.moving = null;
    this.sliders = this.numbers.map((number, which) => this.slider(number, which));
    this.host.replaceChildren(...this.sliders.map(({ host }) => host));
  }

  private slider(number: NumberInText, which: number): Slider {
    const input = el("input", { type: "range", min: 0, max: STEPS, step: 1, "data-number": which });
    const [name, output] = [el("span"), el("output")];
    const host = el("label", { class: "slider" }, name, input, output);
    input.addEventListener("pointerdown", () => {
      this.byPointer = true;
      gestures += 1;
    });
    input.addEventListener("input", () => this.slide(which));
    input.addEventListener("keydown", (event) => this.key(event, which));
    input.addEventListener("change", () => {
      if (this.byPointer) this.release(which);
    });
    input.addEventListener("blur", () => this.release(which));
    return { scale: sliderScale(number), host, name, input, output };
  }

  private release(which: number): void {
    this.byPointer = false;
    this.moving = null;
    this.place(which);
  }

  /** The middle of the way is where the number is now: there is room on both sides again. */
  private place(which: number): void {
    const [slider, number] = [this.sliders[which], this.numbers[which]];
    if (slider === undefined || number === undefined) return;
    slider.scale = sliderScale(number);
    this.tell(slider, number[2], true);
  }

  private tell(slider: Slider, value: number, moves: boolean): void {
    if (moves) slider.input.value = String(Math.round(STEPS * slider.scale.part(value)));
    const written = Math.abs(value) >= 1000 ? step(value) : rate(value);
    slider.input.setAttribute("aria-valuetext", written);
    slider.output.textContent = written;
  }

  private slide(which: number): void {
    const slider = this.sliders[which];
    if (slider === undefined) return;
    const value = slid(slider.scale, Number(slider.input.value) / STEPS);
    this.write(which, value, this.byPointer ? `hold slider ${gestures}` : `slider ${which}`);
    this.tell(slider, value, false);
  }

  /** A key moves by what can be seen, and by no less than one. */
  private key(event: KeyboardEvent, which: number): void {
    const presses = KEYS[event.key];
    const [slider, number] = [this.sliders[which], this.numbers[which]];
    if (presses === undefined || slider === undefined || number === undefined) return;
    event.preventDefault();
    const value = stepped(slider.scale, number[2], presses * (event.shiftKey ? 10 : 1));
    if (!this.write(which, value, `slider ${which}`)) return;
    this.tell(slider, value, true);
  }

  private write(which: number, value: number, group: string): boolean {
    if (!this.isCurrent || !this.store.state.lines.includes(this.line)) return false;
    this.moving = which;
    const changed = replaced(this.text, this.numbers, which, value);
    this.numbers = changed.numbers;
    this.text = changed.text;
    this.store.setText(this.line, changed.text, group);
    return true;
  }
}
