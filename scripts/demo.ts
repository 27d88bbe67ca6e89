// npm run demo: plays a recorded question into the demo flow and writes the spoken reply, without an editor.
import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { pcm16DurationMs, writeWav } from "../lib/audio";
import { askFlow, type Service } from "./ask-flow";
import { asUsageError, reportFailure, UsageError } from "./command-error";
import { readQuestion } from "./question";
import { packageRoot } from "./user-dir";

const usage = `Usage: npm run demo -- [--in question.wav] [--out reply.wav] [--endpoint URL] [--model NAME]

Plays a recording into the flow of examples/First conversation.json and writes the spoken reply.

  --in FILE        a question, WAV of any rate and number of channels; default: "What is the weather in Lisbon?"
  --out FILE       where the reply goes, WAV, 24 kHz mono; default: reply.wav
  --endpoint URL   talk to this Azure resource instead of the simulator; also AZURE_VOICELIVE_ENDPOINT.
                   The key comes from the environment variable AZURE_VOICELIVE_API_KEY and from nowhere else.
  --model NAME     model to ask; default: the one of the flow
  --help           show this text`;

const replyRate = 24_000;
const sampleNote =
  "the simulator understands only the recordings it ships with; to any other speech it gives its sample answer";

interface Arguments {
  readonly in: string;
  readonly out: string;
  readonly service: Service;
}

async function main(): Promise<void> {
  const given = readArguments();
  if (!given) return console.log(usage);
  const question = readQuestion(given.in);
  if (!existsSync(path.dirname(given.out)))
    throw new Error(`There is no folder ${path.dirname(given.out)}`);
  const answer = await askFlow(question, given.service, (label, text) => {
    print(label, text);
    if (label === "You" && isNotUnderstood(text)) print("Note", sampleNote);
  });
  writeFileSync(given.out, writeWav(answer.pcm, { sampleRate: replyRate }));
  const seconds = pcm16DurationMs(answer.pcm.length, replyRate) / 1000;
  console.log(
    `Latency    ${answer.firstAudioMs} ms from the end of speech to the first audio`,
  );
  console.log(`Written    ${given.out} (${seconds.toFixed(1)} s, 24 kHz mono)`);
}

function print(label: string, text: string): void {
  console.log(`${label.padEnd(10)} ${text}`);
}

/** What the simulator hears in speech that is none of its own recordings. */
function isNotUnderstood(transcript: string): boolean {
  return /^\(speech, [\d.]+ seconds?\)$/.test(transcript);
}

/** @returns nothing when help was asked for */
function readArguments(): Arguments | undefined {
  const values = parse();
  if (values.help) return undefined;
  return {
    in:
      values.in === undefined
        ? path.join(packageRoot, "recordings", "question-weather.wav")
        : fromUser(values.in),
    out: fromUser(values.out ?? "reply.wav"),
    service: readService(
      values.endpoint ?? process.env["AZURE_VOICELIVE_ENDPOINT"],
      values.model,
    ),
  };
}

function parse(): {
  in?: string;
  out?: string;
  endpoint?: string;
  model?: string;
  help?: boolean;
} {
  const text = { type: "string" } as const;
  try {
    return parseArgs({
      options: {
        in: text,
        out: text,
        endpoint: text,
        model: text,
        help: { type: "boolean" },
      },
    }).values;
  } catch (error) {
    throw asUsageError(error, "npm run demo -- --help");
  }
}

/** npm runs scripts in the package's folder; a path is meant from where the user typed it. */
function fromUser(file: string): string {
  if (file === "")
    throw new UsageError(
      "Expected a file name, got nothing. Try: npm run demo -- --help",
    );
  return path.resolve(process.env["INIT_CWD"] ?? process.cwd(), file);
}

function readService(
  endpoint: string | undefined,
  model: string | undefined,
): Service {
  const named = model === undefined ? {} : { model };
  if (!endpoint) return named;
  if (!process.env["AZURE_VOICELIVE_API_KEY"])
    throw new UsageError(
      "Set the environment variable AZURE_VOICELIVE_API_KEY to the key of the resource",
    );
  return { ...named, endpoint };
}

// Whatever a library left open must not hold the command after its work is done.
void main()
  .catch(reportFailure)
  .then(() => process.exit());
