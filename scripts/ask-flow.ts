import { devNull } from "node:os";
import {
  demoName,
  readExample,
  withProperties,
  withReplyFile,
  type FlowNode,
} from "./flow-file";
import { startHeadless, type Headless } from "./headless";
import type { Question } from "./question";
import { SpokenAnswer, type Answer } from "./spoken-answer";
import { playQuestion } from "./play-question";

/** Whom to ask: the simulator, unless there is an endpoint. */
export interface Service {
  readonly endpoint?: string;
  readonly model?: string;
}

// Long enough for a question, a call of a function and a long reply, all in real time.
const limitMs = 60_000;

/**
 * Plays a question into the demo flow as fast as a microphone would, and waits until the whole reply has been spoken.
 * @param print - label and text of what happens, as it happens
 * @throws Error in one line: what the flow or the service complained about, or what did not come within a minute
 */
export async function askFlow(
  question: Question,
  service: Service,
  print: (label: string, text: string) => void,
): Promise<Answer> {
  const answer = new SpokenAnswer(print);
  const limit = setTimeout(
    () =>
      answer.fail(
        `No complete answer within ${limitMs / 1000} s: ${answer.missing}`,
      ),
    limitMs,
  );
  const headless = await startHeadless({
    flow: flowFor(service),
    credentials: {
      [onlyNode("voice-live-resource")]: {
        apiKey: "${AZURE_VOICELIVE_API_KEY}",
      },
    },
    onSent: (sent) => answer.take(sent),
    onError: (message) => answer.fail(message),
  });
  try {
    return await ask(headless, question, answer);
  } finally {
    clearTimeout(limit);
    await headless.stop();
  }
}

async function ask(
  headless: Headless,
  question: Question,
  answer: SpokenAnswer,
): Promise<Answer> {
  await answer.ready;
  const audioIn = onlyNode("voice-live-audio-in");
  const playing = new AbortController();
  // A failure ends the playing; the playing alone never ends the wait for the answer.
  answer.whole.catch(() => playing.abort());
  await playQuestion(question, {
    send: (msg) => headless.receive(audioIn, msg),
    onSpeechEnd: () => answer.speechEnded(),
    signal: playing.signal,
  });
  return await answer.whole;
}

/** The demo flow, asking nothing by itself, and pointed at the service. */
function flowFor({ endpoint, model }: Service): FlowNode[] {
  let flow = withProperties(
    withReplyFile(readExample(demoName), devNull),
    "inject",
    { once: false },
  );
  if (endpoint !== undefined)
    flow = withProperties(flow, "voice-live-resource", {
      service: "azure",
      endpoint,
      auth: "key",
    });
  if (model !== undefined)
    flow = withProperties(flow, "voice-live-session", { model });
  return flow;
}

function onlyNode(type: string): string {
  const [node, ...others] = readExample(demoName).filter(
    (each) => each.type === type,
  );
  if (!node || others.length > 0)
    throw new Error(`The demo flow must have one ${type} node`);
  return node.id;
}
