import assert from "node:assert/strict";
import { Loudness } from "../../page/model/loudness";

describe("Loudness of a talk page", () => {
  it("shows decibels, from -54 to full scale", () => {
    const shown = [1, 10 ** (-27 / 20), 10 ** (-54 / 20), 0].map(
      (amplitude) => {
        const loudness = new Loudness();
        loudness.follow(amplitude);
        return loudness.level;
      },
    );
    assert.deepEqual(shown, [1, 0.5, 0, 0]);
  });

  it("rises at once, and falls to nothing within two seconds", () => {
    const loudness = new Loudness();
    loudness.follow(1);
    const falling = Array.from({ length: 30 }, () => {
      loudness.follow(0);
      return loudness.level;
    });
    assert.equal(falling[0], 0.6);
    assert.ok(falling.every((level, at) => level <= (falling[at - 1] ?? 1)));
    assert.equal(falling.at(-1), 0);
  });

  it("keeps the loudest until it is taken, and does not tell it twice", () => {
    const loudness = new Loudness();
    for (const amplitude of [0.001, 1, 0]) loudness.follow(amplitude);
    assert.equal(loudness.takePeak(), 1);
    assert.equal(loudness.takePeak(), 0);
  });
});
