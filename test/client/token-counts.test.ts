import assert from "node:assert/strict";
import { tokenCountsOf } from "../../lib/client/token-counts";

const NONE = {
  total: null,
  text_in: null,
  audio_in: null,
  image_in: null,
  cached_in: null,
  text_out: null,
  audio_out: null,
  reasoning_out: null,
};

describe("tokenCountsOf", () => {
  it("reads every kind", () => {
    assert.deepEqual(
      tokenCountsOf({
        total_tokens: 50,
        input_tokens: 30,
        output_tokens: 20,
        input_token_details: {
          text_tokens: 10,
          audio_tokens: 15,
          image_tokens: 5,
          cached_tokens: 8,
        },
        output_token_details: {
          text_tokens: 4,
          audio_tokens: 13,
          reasoning_tokens: 3,
        },
      }),
      {
        total: 50,
        text_in: 10,
        audio_in: 15,
        image_in: 5,
        cached_in: 8,
        text_out: 4,
        audio_out: 13,
        reasoning_out: 3,
      },
    );
  });

  it("keeps 0 apart from nothing", () => {
    const usage = { total_tokens: 0, input_token_details: { text_tokens: 0 } };
    assert.deepEqual(tokenCountsOf(usage), { ...NONE, total: 0, text_in: 0 });
  });

  it("adds up the total where the service does not", () => {
    assert.equal(tokenCountsOf({ input_tokens: 3, output_tokens: 4 }).total, 7);
    assert.equal(tokenCountsOf({ output_tokens: 4 }).total, 4);
  });

  for (const usage of [
    undefined,
    null,
    5,
    "50",
    true,
    [],
    {},
    { input_token_details: null, output_token_details: 5 },
    { total_tokens: "50", input_token_details: { text_tokens: "10" } },
    { total_tokens: -1, output_token_details: { text_tokens: 1.5 } },
    { total_tokens: 1e300, input_token_details: { audio_tokens: NaN } },
    { total_tokens: { valueOf: 5 }, input_token_details: [] },
  ]) {
    it(`has no numbers of ${JSON.stringify(usage)}`, () =>
      assert.deepEqual(tokenCountsOf(usage), NONE));
  }
});
