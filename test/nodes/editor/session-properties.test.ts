import assert from "node:assert/strict";
import { SessionSettings } from "../../../lib/simulator/session-settings";
import {
  BYOM_PROFILES,
  dialectOf,
  KNOWN_API_VERSIONS,
} from "../../../lib/protocol";
import { Drafts } from "../../../nodes/editor/drafts";
import { chooseEcho } from "../../../nodes/editor/echo-choice";
import { firstProblem, unmetNeed } from "../../../nodes/editor/field-problems";
import { isMet, type Surroundings } from "../../../nodes/editor/field-needs";
import type { Settings } from "../../../nodes/editor/json-path";
import {
  addServer,
  serversOf,
  withServer,
} from "../../../nodes/editor/mcp-servers";
import { chooseSensitivity } from "../../../nodes/editor/sensitivity";
import {
  MCP_FIELDS,
  SESSION_FIELDS,
  type FieldKind,
  type SessionField,
} from "../../../nodes/editor/session-fields";
import {
  isOffered,
  readField,
  writeField,
} from "../../../nodes/editor/session-settings";
import { Random } from "../../support/random";

const SEEDS = 400;
const EDITS = 60;
const MODELS = [
  "gpt-realtime",
  "azure-realtime",
  "phi4-mm-realtime",
  "gpt-4.1",
  "of-my-own",
];
const PROFILES = ["", "", "", ...BYOM_PROFILES];

/** What a user may type into a field of each kind; some of it is wrong. */
const TEXTS: Readonly<Record<FieldKind, readonly string[]>> = {
  text: ["en-US", "https://a.example/x", "FFFFFFFF", "ü ${x} y", " "],
  area: ["Be brief.\nAnd kind.", "{}"],
  suggest: ["1.1", "auto", "vasa-1", "DragonLatestNeural", "get_weather"],
  voice: ["alloy", "en-US-AvaNeural", "en-US-Ava:DragonHDLatestNeural"],
  number: ["0", "0.5", "1", "10", "8000", "24000", "-1", "1e9", "abc", "inf"],
  flag: ["true", "false"],
  choice: [],
  words: ["en, de", "en", ",,"],
  lines: ["One\nTwo, three", "\n\n"],
  map: ["a: b\nc: d: e", "no pair", "a:"],
  set: [],
  json: ["[0, 10]", "[1]", '[{"urls": ["turn:a"]}]', "{", "[[", "null"],
  variant: [],
};

describe("the session dialog, whatever is done in it", () => {
  it("produces what the service takes, or names what is wrong", () => {
    let accepted = 0;
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const random = new Random(seed);
      const around = surroundingsOf(random);
      const settings = edited(random, around);
      if (firstProblem(settings, around)) continue;
      accepted += 1;
      assert.doesNotThrow(
        () => update(settings, around),
        `seed ${seed}: ${JSON.stringify(settings)}`,
      );
    }
    assert.ok(accepted > SEEDS / 20, `only ${accepted} had no problem`);
  });

  it("marks whatever the service refuses because of the model", () => {
    let refused = 0;
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const random = new Random(seed);
      const settings = edited(random);
      const around = surroundingsOf(random);
      if (firstProblem(settings, around)) continue;
      const others = { ...around, model: random.pick(MODELS), profile: "" };
      const isTaken = takes(settings, others);
      if (!isTaken) refused += 1;
      assert.ok(
        isTaken || firstProblem(settings, others),
        `seed ${seed}: ${others.model} ${JSON.stringify(settings)}`,
      );
    }
    assert.ok(refused > 0, "no model was the wrong one");
  });

  it("shows any session that the service takes so that showing it changes nothing", () => {
    const seen = new Map<string, number>();
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const random = new Random(seed);
      const around = surroundingsOf(random);
      const session = anySession(random);
      if (!takes(session, around)) continue;
      for (const name of Object.keys(session))
        seen.set(name, (seen.get(name) ?? 0) + 1);
      for (const { path, kind } of SESSION_FIELDS)
        assert.equal(
          writeField(session, path, kind, readField(session, path, kind)),
          session,
          `seed ${seed}: ${path} in ${JSON.stringify(session)}`,
        );
      for (const server of serversOf(session))
        assert.deepEqual(withServer(session, server), session);
    }
    const missed = Object.keys(VALUES).filter((name) => !seen.has(name));
    assert.deepEqual(missed, [], "each setting was in a session that is taken");
  });

  it("shows every setting so that showing it changes nothing", () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const settings = withForeign(edited(new Random(seed)));
      for (const { path, kind } of SESSION_FIELDS) {
        const text = readField(settings, path, kind);
        assert.equal(
          writeField(settings, path, kind, text),
          settings,
          `seed ${seed}: ${path}`,
        );
      }
    }
  });

  it("takes every text back as it was typed, or as the service writes it", () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const random = new Random(seed);
      const settings = edited(random);
      for (const field of SESSION_FIELDS) {
        if (field.kind === "variant" || !isOffered(settings, field.path))
          continue;
        const text = textFor(field, random);
        const { path, kind } = field;
        const once = writeField(settings, path, kind, text);
        const shown = readField(once, path, kind);
        assert.deepEqual(
          writeField(settings, path, kind, shown),
          once,
          `seed ${seed}: ${path} ${text}`,
        );
      }
    }
  });

  it("loses nothing when a kind is switched, any number of times, and switched back", () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const random = new Random(seed);
      const settings = withForeign(edited(random));
      for (const { path, kind, options = [] } of SESSION_FIELDS) {
        if (kind !== "variant" || !isOffered(settings, path)) continue;
        const drafts = new Drafts();
        const begun = readField(settings, path, kind);
        const detours = [1, 2, 3].map(() => random.pick(["", ...options]));
        const after = [...detours, begun].reduce(
          (changed, choice) => writeField(changed, path, kind, choice, drafts),
          settings,
        );
        assert.deepEqual(
          after,
          settings,
          `seed ${seed}: ${path} ${detours.join(" ")}`,
        );
      }
    }
  });
});

/** What a user may have done after a while. */
function edited(
  random: Random,
  around: Surroundings = surroundingsOf(random),
): Settings {
  const drafts = new Drafts();
  let settings: Settings = {};
  for (let edit = 0; edit < EDITS; edit += 1) {
    const field = random.pick(SESSION_FIELDS);
    const { path, kind } = field;
    const isUsable = !unmetNeed(field, settings, around);
    if (isOffered(settings, path) && isUsable)
      settings = writeField(
        settings,
        path,
        kind,
        textFor(field, random, around, settings),
        drafts,
      );
    settings = composed(settings, random);
  }
  // Half of the users mend what is marked.
  return random.chance(0.5) ? settings : mended(settings, around, drafts);
}

function composed(settings: Settings, random: Random): Settings {
  const dice = random.next();
  if (dice < 0.05)
    return chooseEcho(settings, random.pick(["none", "server", "client"]))
      .settings;
  if (dice < 0.1)
    return chooseSensitivity(settings, random.pick(["near", "far", ""]));
  return dice < 0.12 ? withRandomServer(settings, random) : settings;
}

function withRandomServer(settings: Settings, random: Random): Settings {
  const added = addServer(settings);
  const server = serversOf(added).at(-1);
  assert.ok(server);
  const label = `server ${serversOf(added).length}`;
  let tool: Settings = {
    ...server.tool,
    server_label: label,
    server_url: "https://a.example/mcp",
  };
  for (const field of MCP_FIELDS.slice(2)) {
    const parent = field.path.split(".")[0] ?? "";
    const isPart = parent !== field.path && typeof tool[parent] !== "object";
    if (!isPart && random.chance(0.5))
      tool = writeField(tool, field.path, field.kind, textFor(field, random));
  }
  return withServer(added, { index: server.index, tool });
}

function mended(
  settings: Settings,
  around: Surroundings,
  drafts: Drafts,
): Settings {
  for (let round = 0; round < EDITS; round += 1) {
    const found = firstProblem(settings, around);
    if (!found || MCP_FIELDS.includes(found.field)) break;
    const { path, kind, isRequired } = found.field;
    const parent = path.split(".").slice(0, -1).join(".");
    settings =
      isRequired && readField(settings, path, kind) === ""
        ? writeField(settings, parent, "text", "", drafts)
        : writeField(settings, path, kind, "", drafts);
  }
  return settings;
}

function textFor(
  { kind, options = [], words = [], canBeOff, optionNeeds = {} }: SessionField,
  random: Random,
  around?: Surroundings,
  settings: Settings = {},
): string {
  if (kind === "set")
    return options.filter(() => random.chance(0.5)).join(", ");
  const usable = options.filter((option) => {
    const need = optionNeeds[option];
    return !need || !around || isMet(need, around, settings);
  });
  const off = canBeOff ? ["null"] : [];
  return random.pick(["", ...TEXTS[kind], ...usable, ...words, ...off]);
}

/** Members that no field shows. */
function withForeign(settings: Settings): Settings {
  const { turn_detection: detection } = settings;
  return {
    ...settings,
    future: { list: [1, null] },
    ...(typeof detection === "object" &&
      detection && { turn_detection: { ...detection, future_ms: 7 } }),
  };
}

function takes(settings: Settings, around: Surroundings): boolean {
  try {
    update(settings, around);
    return true;
  } catch {
    return false;
  }
}

const VAD = { threshold: 0.4, create_response: false, future_ms: 1 };
const SERVER = { server_label: "docs", server_url: "https://a.example/mcp" };

/** What the reference allows for each setting, whoever wrote it (protocol.md §7, §8.3, §10). */
const VALUES: Readonly<Record<string, readonly unknown[]>> = {
  modalities: [["text"], ["audio", "text"], ["text", "audio", "animation"]],
  instructions: ["", "Be brief.\n", "ü ${X} y"],
  voice: [
    "alloy",
    { name: "marin", type: "openai" },
    { type: "azure-standard", name: "en-US-AvaNeural", rate: "+10%" },
    { type: "azure-standard", name: "n", prefer_locales: [], locale: null },
    { type: "azure-custom", name: "n", endpoint_id: "e", temperature: 0 },
    { type: "azure-personal", name: "n", model: "MAI-Voice-1", style: "s" },
    { type: "azure-realtime-native", name: "ava" },
    { type: "avatar-voice-sync", model: "m", custom_lexicon_url: "https://x" },
  ],
  input_audio_format: ["pcm16", "g711_ulaw"],
  input_audio_sampling_rate: [8000, 16_000],
  output_audio_format: ["pcm16_8000hz", "g711_alaw"],
  turn_detection: [
    null,
    { type: "server_vad", ...VAD },
    { type: "semantic_vad", eagerness: "low" },
    {
      type: "azure_semantic_vad",
      ...VAD,
      languages: ["en", "de"],
      remove_filler_words: true,
      end_of_utterance_detection: {
        model: "semantic_detection_v1",
        timeout_ms: 0,
      },
    },
    { type: "azure_semantic_vad_multilingual", languages: [] },
    { type: "azure_semantic_vad_en", end_of_utterance_detection: null },
  ],
  input_audio_noise_reduction: [
    null,
    { type: "near_field" },
    { type: "azure_deep_noise_suppression" },
  ],
  input_audio_echo_cancellation: [
    null,
    { type: "server_echo_cancellation" },
    {
      type: "server_echo_cancellation",
      reference_source: "client",
      channels: 2,
    },
  ],
  input_audio_transcription: [
    null,
    { model: "azure-speech", phrase_list: ["a, b", ""], custom_speech: {} },
    { model: "whisper-1", prompt: "p", language: "en,de" },
    { model: "of-my-own" },
  ],
  output_audio_timestamp_types: [[], ["word"]],
  animation: [{}, { model_name: "default", outputs: ["viseme_id"] }],
  avatar: [
    { character: "lisa", customized: false, style: "casual" },
    {
      type: "photo-avatar",
      model: "vasa-1",
      character: "c",
      customized: true,
      scene: { zoom: 0.5 },
      video: { crop: { top_left: [0, 0], bottom_right: [9, 9] } },
      ice_servers: [{ urls: ["turn:a"], username: "u" }],
    },
  ],
  tools: [
    [],
    [{ type: "function", name: "f", parameters: { type: "object" } }],
    [{ type: "mcp", ...SERVER, require_approval: { never: ["a"] } }],
    [{ type: "mcp", ...SERVER, headers: { a: "b" }, allowed_tools: [] }],
  ],
  tool_choice: ["none", { type: "function", name: "f" }, "required"],
  parallel_tool_calls: [false],
  temperature: [0, 0.8],
  max_response_output_tokens: ["inf", 1, 4096],
  reasoning_effort: ["minimal", "xhigh"],
  interim_response: [
    { type: "static_interim_response", texts: ["One moment."] },
    { type: "llm_interim_response", triggers: [], latency_threshold_ms: 0 },
  ],
  include: [[], ["file_search_call.results"]],
  metadata: [{}, { a: "b: c\nd" }],
  future: [{ deep: [1, null, { a: "" }] }],
};

function anySession(random: Random): Settings {
  const names = Object.keys(VALUES).filter(() => random.chance(0.25));
  return Object.fromEntries(
    names.map((name) => [name, random.pick(VALUES[name] ?? [])]),
  );
}

function update(
  settings: Settings,
  { target, apiVersion, model, profile }: Surroundings,
): void {
  const service = new SessionSettings({
    dialect: dialectOf(apiVersion),
    sessionId: "sess_1",
    apiVersion,
    model: target === "agent" ? undefined : model,
    agentName: target === "agent" ? "helper" : undefined,
    profile,
    features: ["client_ec_reference:true"],
    expiresAt: 0,
  });
  service.update(settings, { hasSpoken: false, hasHeard: false });
}

function surroundingsOf(random: Random): Surroundings {
  return {
    target: random.chance(0.2) ? "agent" : "model",
    model: random.pick(MODELS),
    profile: random.pick(PROFILES),
    apiVersion: random.pick(KNOWN_API_VERSIONS),
  };
}
