import type { Levels } from "../sound/sound";
import { byId } from "./dom";

const BAR_PX = 3;
const STEP_PX = 5;
/** One bar a step; some five seconds are in view on a phone, some twelve on a desk. */
const STEP_MS = 66;
/** Screen readers are told levels on demand only; drawing them this often is enough. */
const METER_MS = 250;
/** What a level meter shows: from here to full scale. */
const FLOOR_DB = -54;

interface Side {
  readonly bars: number[];
  readonly meter: HTMLElement;
  /** The loudest since the last bar. */
  peak: number;
  /** What the meter shows; it falls slower than it rises. */
  level: number;
}

/** Both voices as they pass: the user's bars hang below the line, the assistant's stand on it. */
export class WaveView {
  readonly #canvas = byId("wave", HTMLCanvasElement);
  readonly #button = byId("microphone");
  readonly #read: () => Levels;
  readonly #user = side("meter-user");
  readonly #assistant = side("meter-assistant");
  #barAt = 0;
  #meterAt = 0;
  #frame: number | undefined;

  /** @param read - what is to be heard at this moment, 0 to 1 */
  constructor(read: () => Levels) {
    this.#read = read;
  }

  start(): void {
    if (this.#frame === undefined) this.#tick(performance.now());
  }

  stop(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
  }

  #tick(now: number): void {
    this.#frame = requestAnimationFrame((at) => this.#tick(at));
    const { user, assistant } = this.#read();
    follow(this.#user, user);
    follow(this.#assistant, assistant);
    this.#button.style.setProperty("--level", this.#user.level.toFixed(3));
    if (now - this.#barAt >= STEP_MS) {
      this.#barAt = now;
      this.#draw();
    }
    if (now - this.#meterAt >= METER_MS) {
      this.#meterAt = now;
      for (const { meter, level } of [this.#user, this.#assistant])
        meter.setAttribute("aria-valuenow", String(Math.round(level * 100)));
    }
  }

  #draw(): void {
    const ratio = window.devicePixelRatio || 1;
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const paint = this.#canvas.getContext("2d");
    if (!paint || width === 0) return;
    if (this.#canvas.width !== Math.round(width * ratio)) {
      this.#canvas.width = Math.round(width * ratio);
      this.#canvas.height = Math.round(height * ratio);
    }
    paint.setTransform(ratio, 0, 0, ratio, 0, 0);
    paint.clearRect(0, 0, width, height);
    const most = Math.ceil(width / STEP_PX);
    for (const [each, direction] of [
      [this.#assistant, -1],
      [this.#user, 1],
    ] as const) {
      take(each, most);
      paint.fillStyle = getComputedStyle(each.meter).color;
      each.bars.forEach((bar, index) => {
        const x = width - (each.bars.length - index) * STEP_PX;
        const long = Math.max(1.5, bar * (height / 2 - 2));
        paint.globalAlpha = bar > 0.02 ? 1 : 0.28;
        paint.beginPath();
        paint.roundRect(
          x,
          height / 2 + (direction < 0 ? -long - 0.75 : 0.75),
          BAR_PX,
          long,
          1.5,
        );
        paint.fill();
      });
    }
  }
}

function side(id: string): Side {
  return { bars: [], meter: byId(id), peak: 0, level: 0 };
}

function follow(each: Side, amplitude: number): void {
  const level = scale(amplitude);
  each.peak = Math.max(each.peak, level);
  each.level = level > each.level ? level : each.level * 0.88 + level * 0.12;
  each.meter.style.setProperty("--level", each.level.toFixed(3));
}

function take(each: Side, most: number): void {
  each.bars.push(each.peak);
  each.peak = 0;
  if (each.bars.length > most) each.bars.splice(0, each.bars.length - most);
}

/** Loudness is heard in decibels. */
function scale(amplitude: number): number {
  const db = 20 * Math.log10(Math.max(amplitude, 1e-6));
  return Math.min(1, Math.max(0, 1 - db / FLOOR_DB));
}
