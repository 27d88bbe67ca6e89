import type { Random } from "./random";

/** Where a piece of audio belongs, as members of its frame. */
export const PLACE =
  '"response_id":"resp_1","item_id":"item_1","output_index":0,"content_index":0';

/** A frame that is audio, or nearly: members in any order, some of them twice or lookalikes, with space anywhere. */
export function randomAudioFrame(random: Random): string {
  const count = random.below(5);
  const usual = random.below(2) === 0 ? [usualMembers(random)] : [];
  const others = Array.from({ length: count }, () =>
    random.pick(FRAGMENTS)(random),
  );
  const members =
    random.below(2) === 0 ? [...usual, ...others] : [...others, ...usual];
  const space = random.pick(["", "", " ", "\n\t"]);
  return `{${members.join(`${space},${space}`)}${space}}`;
}

/** The same frame with another id and other audio, and now and then with damage: what a service sends next, or nearly. */
export function nextAudioFrame(frame: Buffer, random: Random): Buffer {
  const next = frame
    .toString("latin1")
    .replace(/("event_id":")[^"]*/, `$1event_${random.below(1_000)}`)
    .replace(
      /("delta":")[^"]*/,
      `$1${random.bytes(random.below(60)).toString("base64")}`,
    );
  const data = Buffer.from(next, "latin1");
  if (random.below(3) === 0) damage(data, random);
  return data;
}

/** One byte becomes another that means something in JSON, or nothing anywhere. */
export function damage(data: Buffer, random: Random): void {
  data[random.below(data.length)] = random.pick([
    0x22, 0x5c, 0x7b, 0x7d, 0x2c, 0xff, 0x64, 0x0a, 0x09,
  ]);
}

function usualMembers(random: Random): string {
  const id = random.pick(["", `"event_id":"event_${random.below(1_000)}",`]);
  return `${id}"type":"response.audio.delta",${PLACE},"delta":"${random.bytes(random.below(60)).toString("base64")}"`;
}

const FRAGMENTS: readonly ((random: Random) => string)[] = [
  (random) => `"delta":"${random.bytes(random.below(30)).toString("base64")}"`,
  (random) =>
    `"delta" : "${random.bytes(random.below(30)).toString("base64")}"`,
  (random) =>
    `"type":"${random.pick(["response.audio.delta", "response.output_audio.delta", "response.text.delta"])}"`,
  () => '"type":"response.audio.delta"',
  () => PLACE,
  () => '"note":"say \\"delta\\":\\"AAAA\\" aloud"',
  () => '"x":{"delta":"AAAA"}',
  () => '"\\u0064elta":""',
  () => '"delta":""',
  () => '"delta":7',
  () => '"x":"delta"',
  () => '"event_id":null',
];
