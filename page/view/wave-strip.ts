import { byId } from "./dom";

/** CSS pixels, as are all lengths up to `#draw`. */
const BAR_PX = 3;
const STEP_PX = 5;
const SHORTEST_PX = 1.5;
/** Between a bar and the line, and between the longest bar and the edge. */
const GAP_PX = 0.75;
const MARGIN_PX = 2;
/** Up to here a bar is a faint dot. */
const QUIET = 0.02;
const QUIET_ALPHA = 0.28;

/** What may change the colours of a page that stays open. */
const THEMES = ["(prefers-color-scheme: dark)", "(forced-colors: active)"];

/** How loud both were during one step, 0 to 1. */
export interface Bar {
  readonly user: number;
  readonly assistant: number;
}

const SILENCE: Bar = { user: 0, assistant: 0 };

/**
 * Both voices as they pass: the user's bars hang below the line, the assistant's stand on it. The picture moves by being drawn onto
 * itself, and only the latest bar is painted: a kiosk without a GPU has no time for all of them.
 */
export class WaveStrip {
  readonly #canvas = byId("wave", HTMLCanvasElement);
  readonly #paint = this.#canvas.getContext("2d");
  readonly #inColoursOf: Readonly<Record<keyof Bar, HTMLElement>>;
  readonly #colours = { user: "", assistant: "" };
  readonly #bars: Bar[] = [];
  /** The latest bars that are dots on both sides; at first, all there could be. */
  #quiet = Infinity;
  #height = 0;
  #ratio = 1;

  constructor(inColoursOf: Readonly<Record<keyof Bar, HTMLElement>>) {
    this.#inColoursOf = inColoursOf;
    new ResizeObserver(() => this.#measure()).observe(this.#canvas);
    for (const theme of THEMES)
      matchMedia(theme).addEventListener("change", () => this.#repaint());
    this.#canvas.addEventListener("contextrestored", () => this.#repaint());
  }

  /** Nothing but dots is in view: one more would change nothing. */
  get isAtRest(): boolean {
    return this.#quiet >= this.#most;
  }

  add(bar: Bar): void {
    const wasAtRest = this.isAtRest;
    const isQuiet = Math.max(bar.user, bar.assistant) <= QUIET;
    this.#quiet = isQuiet ? this.#quiet + 1 : 0;
    if (wasAtRest && isQuiet) return;
    this.#bars.push(bar);
    this.#bars.splice(0, this.#bars.length - this.#most);
    if (this.#ratio === window.devicePixelRatio) this.#move(bar);
    else this.#measure();
  }

  /** Bars in view; none where a low screen hides the wave. */
  get #most(): number {
    return Math.ceil(this.#canvas.width / this.#step);
  }

  /** Whole pixels of the screen: what is moved by parts of one gets blurred. */
  get #step(): number {
    return Math.round(STEP_PX * this.#ratio);
  }

  #measure(): void {
    const { clientWidth, clientHeight } = this.#canvas;
    this.#height = clientHeight;
    this.#ratio = window.devicePixelRatio;
    this.#canvas.width = Math.round(clientWidth * this.#ratio);
    this.#canvas.height = Math.round(clientHeight * this.#ratio);
    this.#repaint();
  }

  #repaint(): void {
    const { user, assistant } = this.#inColoursOf;
    this.#colours.user = getComputedStyle(user).color;
    this.#colours.assistant = getComputedStyle(assistant).color;
    this.#paint?.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    for (let place = 1; place <= this.#most; place += 1)
      this.#draw(this.#bars.at(-place) ?? SILENCE, place);
  }

  #move(bar: Bar): void {
    if (!this.#paint || this.#canvas.width === 0) return;
    this.#paint.globalAlpha = 1;
    this.#paint.globalCompositeOperation = "copy";
    this.#paint.drawImage(this.#canvas, -this.#step, 0);
    this.#paint.globalCompositeOperation = "source-over";
    this.#draw(bar, 1);
  }

  /** @param place - counted from the right, from 1 */
  #draw({ user, assistant }: Bar, place: number): void {
    const x = this.#canvas.width - place * this.#step;
    this.#drawHalf(assistant, this.#colours.assistant, x, -1);
    this.#drawHalf(user, this.#colours.user, x, 1);
  }

  #drawHalf(level: number, colour: string, x: number, side: -1 | 1): void {
    const paint = this.#paint;
    if (!paint) return;
    const half = this.#height / 2;
    const long = Math.max(SHORTEST_PX, level * (half - MARGIN_PX));
    const top = half + (side < 0 ? -long - GAP_PX : GAP_PX);
    const wide = Math.round(BAR_PX * this.#ratio);
    paint.fillStyle = colour;
    paint.globalAlpha = level > QUIET ? 1 : QUIET_ALPHA;
    paint.beginPath();
    paint.roundRect(x, top * this.#ratio, wide, long * this.#ratio, wide / 2);
    paint.fill();
  }
}
