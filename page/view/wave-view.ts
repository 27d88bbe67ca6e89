import { Loudness } from "../model/loudness";
import type { Levels } from "../sound/sound";
import { byId } from "./dom";
import { WaveStrip } from "./wave-strip";

/** One bar a step; some five seconds are in view on a phone, some twelve on a desk. */
const STEP_MS = 66;
/** Screen readers are told levels on demand only: every fourth step is enough. */
const STEPS_TOLD = 4;
/** How much wider the glow is than the button when the user is loudest. */
const GLOW = 0.35;

interface Side {
  readonly loudness: Loudness;
  readonly meter: HTMLElement;
  readonly fill: HTMLElement;
  /** What is on the screen, 0 to 1. */
  shown: number;
  /** What screen readers are told, 0 to 1. */
  told: number;
}

/**
 * How loud both are: the wave, a meter for each, the glow of the microphone. The page's socket lives on the same thread, so what is
 * painted makes audio late: nothing is while nothing would look different, or nobody looks.
 */
export class WaveView {
  readonly #read: () => Levels;
  readonly #user = sideOf("meter-user");
  readonly #assistant = sideOf("meter-assistant");
  readonly #glow = byId("glow");
  readonly #strip = new WaveStrip({
    user: this.#user.meter,
    assistant: this.#assistant.meter,
  });
  #isStarted = false;
  #steps = 0;
  #timer: ReturnType<typeof setInterval> | undefined;
  #frame: number | undefined;

  /** @param read - the loudest since the last step, 0 to 1 */
  constructor(read: () => Levels) {
    this.#read = read;
    document.addEventListener("visibilitychange", () => this.#run());
  }

  start(): void {
    this.#isStarted = true;
    this.#run();
  }

  stop(): void {
    this.#isStarted = false;
    this.#run();
  }

  #run(): void {
    clearInterval(this.#timer);
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
    if (this.#isStarted && !document.hidden)
      this.#timer = setInterval(() => this.#listen(), STEP_MS);
  }

  /** An empty frame costs as much as one with something in it, so none is asked for without need. */
  #listen(): void {
    const { user, assistant } = this.#read();
    this.#user.loudness.follow(user);
    this.#assistant.loudness.follow(assistant);
    const isStill =
      this.#strip.isAtRest && isShown(this.#user) && isShown(this.#assistant);
    if (!isStill) this.#frame ??= requestAnimationFrame(() => this.#draw());
  }

  #draw(): void {
    this.#frame = undefined;
    this.#strip.add({
      user: this.#user.loudness.takePeak(),
      assistant: this.#assistant.loudness.takePeak(),
    });
    const before = this.#user.shown;
    show(this.#user);
    show(this.#assistant);
    if (this.#user.shown !== before)
      this.#glow.style.transform = `scale(${1 + GLOW * this.#user.shown})`;
    this.#steps = (this.#steps + 1) % STEPS_TOLD;
    if (this.#steps > 0) return;
    tell(this.#user);
    tell(this.#assistant);
  }
}

function sideOf(id: string): Side {
  const meter = byId(id);
  const [fill] = meter.getElementsByTagName("span");
  if (!fill) throw new Error(`#${id} has no bar`);
  return { loudness: new Loudness(), meter, fill, shown: 0, told: 0 };
}

function isShown({ loudness, shown, told }: Side): boolean {
  return loudness.level === shown && shown === told;
}

function show(side: Side): void {
  const { level } = side.loudness;
  if (level === side.shown) return;
  side.shown = level;
  side.fill.style.transform = `scaleX(${level})`;
}

function tell(side: Side): void {
  if (side.shown === side.told) return;
  side.told = side.shown;
  side.meter.setAttribute("aria-valuenow", String(Math.round(side.told * 100)));
}
