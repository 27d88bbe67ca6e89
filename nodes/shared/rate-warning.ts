import type { RateMismatch } from "../../lib/audio";

/** Hz that devices have. */
const USUAL_RATES = [
  8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000,
];
/** What is measured is a little off; the closest two usual rates are 8.8 % apart. */
const NEAR = 0.03;

/** What is likely wrong with live audio that does not arrive at the rate it says, and what to do. */
export function rateWarning({ declared, measured }: RateMismatch): string {
  const usual = USUAL_RATES.find(
    (rate) => Math.abs(measured / rate - 1) <= NEAR,
  );
  const isFast = measured > declared;
  const arrives = `The audio arrives at ${measured} Hz, but says ${declared} Hz`;
  if (usual !== undefined)
    return `${arrives}: it will sound too ${isFast ? "slow and low" : "fast and high"}. Its rate is probably ${usual} Hz: set that.`;
  return isFast
    ? `${arrives}. The device sends too fast, or its rate is another one: set the rate that it has.`
    : `${arrives}. The device sends too slowly or audio is lost on the way, or its rate is another one: look at both.`;
}
