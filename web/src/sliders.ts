// A slider for every number in a text: the text is rewritten where the number stands.
import { el } from "./dom";
import { rate, step } from "./format";
import type { Scale } from "./literals";
import { STEPS, replaced, slid, sliderScale } from "./literals";
import type { Store } from "./store";
import type { NumberInText } from "./types";

interface Slider {
  label: string;
  scale: Scale;
  input: HTMLInputElement;
  output: HTMLOutputElement;
}

export class Sliders {
  readonly host = el("div", { class: "sliders" });
  private sliders: Slider[] = [];
  private numbers: NumberInText[] = [];
  private moving = false;

  constructor(
    private readonly store: Store,
    private readonly index: number,
  ) {}

  /** Follow the numbers that the server found in the text. */
  update(numbers: NumberInText[]): void {
    this.numbers = numbers;
    const labels = numbers.map((number) => number[3]);
    const known = this.sliders.map((slider) => slider.label);
    if (labels.join("\n") !== known.join("\n")) this.build();
    else if (!this.moving) this.numbers.forEach((number, which) => this.place(number, which));
  }

  private build(): void {
    this.sliders = this.numbers.map((number, which) => this.slider(number, which));
    this.host.replaceChildren(
      ...this.sliders.map(({ label, input, output }) =>
        el("label", { class: "slider" }, el("span", {}, label), input, output),
      ),
    );
  }

  private slider(number: NumberInText, which: number): Slider {
    const scale = sliderScale(number);
    const input = el("input", { type: "range", min: 0, max: STEPS, step: 1, "data-number": which });
    const slider = { label: number[3], scale, input, output: el("output") };
    this.tell(slider, number[2], true);
    input.addEventListener("input", () => this.slide(which));
    input.addEventListener("change", () => {
      this.moving = false;
      const now = this.numbers[which];
      if (now !== undefined) this.place(now, which);
    });
    return slider;
  }

  /** The middle of the way is where the number is now: there is room on both sides again. */
  private place(number: NumberInText, which: number): void {
    const slider = this.sliders[which];
    if (slider === undefined) return;
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
    const number = this.numbers[which];
    const line = this.store.state.lines[this.index];
    if (slider === undefined || number === undefined || line === undefined) return;
    this.moving = true;
    const value = slid(slider.scale, Number(slider.input.value) / STEPS, number[4]);
    this.tell(slider, value, false);
    const changed = replaced(line.text, this.numbers, which, value);
    this.numbers = changed.numbers;
    this.store.setText(this.index, changed.text);
  }
}
