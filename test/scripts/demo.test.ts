import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseWav, Resampler, rms, toStereo, writeWav } from "../../lib/audio";
import { parseScript, startSimulator } from "../../lib/simulator";
import { packageRoot } from "../../scripts/user-dir";

const script = path.join(__dirname, "../../scripts/demo.js");
const rightKey = "the-right-key";

interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

describe("npm run demo", function () {
  // The question and the reply are played in real time.
  this.timeout(60_000);

  let folder: string;
  before(
    () => (folder = mkdtempSync(path.join(tmpdir(), "voice-live-demo-test-"))),
  );
  after(() => rmSync(folder, { recursive: true }));

  const inFolder = (file: string) => path.join(folder, file);

  function demo(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<Ended> {
    const {
      AZURE_VOICELIVE_ENDPOINT: _endpoint,
      AZURE_VOICELIVE_API_KEY: _key,
      ...rest
    } = process.env;
    return new Promise((resolve) => {
      const child = execFile(
        process.execPath,
        [script, ...args],
        { env: { ...rest, INIT_CWD: folder, ...env } },
        (_error, stdout, stderr) =>
          resolve({ status: child.exitCode ?? -1, stdout, stderr }),
      );
    });
  }

  it("prints question, calls, reply and latency, and writes the reply", async () => {
    const question = path.join(packageRoot, "recordings", "question-both.wav");
    const { status, stdout, stderr } = await demo([
      "--in",
      question,
      "--out",
      "reply.wav",
    ]);
    assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
    const lines = stdout.trimEnd().split("\n");
    assert.deepEqual(lines.slice(0, 4), [
      "You        What is the weather in Lisbon, and please turn on the kitchen light.",
      'Function   get_weather {"city":"Lisbon"}',
      'Function   set_light {"room":"kitchen","on":true}',
      "Assistant  It is sunny in Lisbon, with 21 degrees. The kitchen light is on.",
    ]);
    assert.match(
      lines[4] ?? "",
      /^Latency {4}\d+ ms from the end of speech to the first audio$/,
    );
    assert.match(
      lines[5] ?? "",
      /^Written {4}.*reply\.wav \(\d+\.\d s, 24 kHz mono\)$/,
    );
    const { sampleRate, channels, bits, data } = parseWav(
      readFileSync(inFolder("reply.wav")),
    );
    assert.deepEqual(
      { sampleRate, channels, bits },
      { sampleRate: 24_000, channels: 1, bits: 16 },
    );
    // Both sentences take more than 3 s to say.
    assert.ok(
      data.length > 3 * 48_000 && rms(data) > 0.01,
      `${data.length} bytes with a level of ${rms(data)}`,
    );
  });

  it("takes a stereo recording at 48 kHz", async () => {
    writeFileSync(
      inFolder("stereo.wav"),
      stereo48k(path.join(packageRoot, "recordings", "question-light.wav")),
    );
    const { status, stdout } = await demo([
      "--in",
      "stereo.wav",
      "--out",
      "light.wav",
    ]);
    assert.equal(status, 0);
    assert.match(stdout, /^You +Turn on the kitchen light\.$/m);
    assert.match(
      stdout,
      /^Function +set_light \{"room":"kitchen","on":true\}$/m,
    );
  });

  it("talks to an endpoint with the key from the environment", async () => {
    const simulator = await startSimulator({ apiKey: rightKey });
    const { status, stdout } = await demo(
      ["--endpoint", httpUrl(simulator.url), "--out", "azure.wav"],
      { AZURE_VOICELIVE_API_KEY: rightKey },
    );
    await simulator.close();
    assert.equal(status, 0);
    assert.match(stdout, /^Assistant +It is sunny in Lisbon/m);
  });

  it("says in one line that the key is refused, and does not show it", async () => {
    const simulator = await startSimulator({ apiKey: rightKey });
    const env = {
      AZURE_VOICELIVE_ENDPOINT: httpUrl(simulator.url),
      AZURE_VOICELIVE_API_KEY: "a-wrong-key",
    };
    const { status, stdout, stderr } = await demo([], env);
    await simulator.close();
    assert.deepEqual({ status, stdout }, { status: 1, stdout: "" });
    assert.match(stderr, /^.*key.*\n$/);
    assert.doesNotMatch(stderr, /a-wrong-key/);
  });

  it("says in one line that the service failed in the middle of the answer", async () => {
    const simulator = await startSimulator({
      script: parseScript([
        {
          when: { moment: "response.audio.delta", nth: 20 },
          do: [{ stall: 100 }, { close: 1011 }],
        },
      ]),
    });
    const { status, stderr } = await demo(
      [
        "--endpoint",
        httpUrl(simulator.url),
        "--in",
        path.join(packageRoot, "recordings", "question-story.wav"),
      ],
      { AZURE_VOICELIVE_API_KEY: "any" },
    );
    await simulator.close();
    assert.equal(status, 1);
    assert.match(stderr, /^The service failed \(1011\)\..*\n$/);
  });

  const misuses: readonly [string, readonly string[], number, RegExp][] = [
    [
      "an unknown argument",
      ["--input", "x.wav"],
      2,
      /^Unknown option '--input'.*\. Try: npm run demo -- --help\n$/,
    ],
    [
      "an endpoint without a key",
      ["--endpoint", "https://example.services.ai.azure.com"],
      2,
      /^Set the environment variable AZURE_VOICELIVE_API_KEY .*\n$/,
    ],
    [
      "a missing recording",
      ["--in", "none.wav"],
      1,
      /^Cannot read .*none\.wav: there is no such file\n$/,
    ],
    [
      "what is no recording",
      ["--in", path.join(packageRoot, "README.md")],
      1,
      /^Cannot read .*README\.md: it is no WAV file; expected a WAV of any rate and number of channels\n$/,
    ],
    [
      "a reply into a missing folder",
      ["--out", "none/reply.wav"],
      1,
      /^There is no folder .*none\n$/,
    ],
  ];

  for (const [what, args, status, message] of misuses) {
    it(`refuses ${what} in one line`, async () => {
      const ended = await demo(args);
      assert.deepEqual(
        { status: ended.status, stdout: ended.stdout },
        { status, stdout: "" },
      );
      assert.match(ended.stderr, message);
    });
  }
});

function httpUrl(url: string): string {
  return url.replace(/^ws/, "http");
}

function stereo48k(file: string): Buffer {
  const { data, sampleRate } = parseWav(readFileSync(file));
  const resampler = new Resampler({ from: sampleRate, to: 48_000 });
  const pcm = Buffer.concat([resampler.push(data), resampler.flush()]);
  return writeWav(toStereo(pcm), { sampleRate: 48_000, channels: 2 });
}
