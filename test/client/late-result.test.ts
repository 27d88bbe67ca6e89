import assert from "node:assert/strict";
import { lateResult } from "../../lib/client/late-result";

function textOf(output: string): string {
  const item = lateResult("get_weather", output);
  assert.ok(item.type === "message" && item.role === "system");
  const [part] = item.content;
  assert.ok(part?.type === "input_text");
  return part.text;
}

describe("lateResult", () => {
  it("names the function and its result in a system message", () => {
    assert.match(textOf("sunny, 21 °C"), /get_weather.*: sunny, 21 °C$/);
  });

  it("keeps 4,000 characters of a result, and says that it is cut off", () => {
    assert.match(textOf("x".repeat(4_000)), /: x{4000}$/);
    assert.match(textOf("x".repeat(4_001)), /: x{4000}… \(cut off\)$/);
  });

  it("cuts no character in two", () => {
    assert.match(textOf(`${"x".repeat(3_999)}😀`), /x{3999}… \(cut off\)$/);
  });
});
