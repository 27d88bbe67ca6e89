import type { Script } from "./script-schema";

const CITY =
  "(?<city>[\\p{L}' -]+?)(?=\\s*(?:[,.;?!]|$|\\band\\b|\\bplease\\b|\\btoday\\b|\\btomorrow\\b))";
const WEATHER_IN = `(?:weather|forecast|temperature)\\b.*?\\b(?:in|for|at)\\s+${CITY}`;
const WEATHER = "\\b(?:weather|forecast|temperature)\\b";
const ROOM = "(?:the\\s+)?(?<room>[\\p{L} ]+?)\\s+(?:lights?|lamps?)\\b";
const LIGHT_ON = `\\b(?:turn|switch|put)\\s+(?:on\\s+${ROOM}|${ROOM.replace("room", "place")}\\s+on\\b)`;
const LIGHT_OFF = LIGHT_ON.replaceAll("on\\", "off\\");
const SEARCH_FOR =
  "\\b(?:search|look up|find)\\s+(?:for\\s+)?(?<query>[^.?!]+)";

/**
 * A small home assistant with two functions, `get_weather {city}` and `set_light {room, on}`; it searches with an MCP server where the session
 * declares one. Sentences in it that have a
 * recording are spoken with it; see recordings/index.json.
 */
export const ASSISTANT: Script = [
  {
    when: { output: true, has: ["output.error"] },
    do: [{ say: "Sorry, that did not work." }],
  },
  {
    when: { output: "get_weather", has: ["output.sky", "output.temperature"] },
    do: [
      {
        say: "It is {{output.sky}} in {{argument.city}}, with {{output.temperature}} degrees.",
      },
    ],
  },
  {
    when: { output: "get_weather", has: ["output"] },
    do: [{ say: "The weather in {{argument.city}}: {{output}}." }],
  },
  {
    when: { output: "set_light", is: { "argument.on": true } },
    do: [{ say: "The {{argument.room}} light is on." }],
  },
  {
    when: { output: "set_light", is: { "argument.on": false } },
    do: [{ say: "The {{argument.room}} light is off." }],
  },
  {
    when: { output: true, has: ["output"] },
    do: [{ say: "It is done." }, { say: "The result is: {{output}}." }],
  },
  { when: { output: true }, do: [{ say: "It is done." }] },
  // Words of a result that comes late may look like a question.
  {
    when: {
      text: "^The result of the function \\w+, .*, has come: (?<result>.+)$",
    },
    do: [{ say: "By the way, the result has come: {{match.result}}." }],
  },
  {
    when: {
      text: `(?=.*${WEATHER_IN})(?=.*${LIGHT_ON})`,
      tool: ["get_weather", "set_light"],
    },
    do: [
      { call: "get_weather", arguments: { city: "{{match.city}}" } },
      {
        call: "set_light",
        arguments: { room: "{{match.room}}{{match.place}}", on: true },
      },
    ],
  },
  {
    when: {
      text: `(?=.*${WEATHER_IN})(?=.*${LIGHT_OFF})`,
      tool: ["get_weather", "set_light"],
    },
    do: [
      { call: "get_weather", arguments: { city: "{{match.city}}" } },
      {
        call: "set_light",
        arguments: { room: "{{match.room}}{{match.place}}", on: false },
      },
    ],
  },
  {
    when: { text: WEATHER_IN, tool: "get_weather" },
    do: [{ call: "get_weather", arguments: { city: "{{match.city}}" } }],
  },
  {
    when: { text: WEATHER, tool: "get_weather" },
    do: [{ call: "get_weather", arguments: { city: "Lisbon" } }],
  },
  {
    when: { text: LIGHT_ON, tool: "set_light" },
    do: [
      {
        call: "set_light",
        arguments: { room: "{{match.room}}{{match.place}}", on: true },
      },
    ],
  },
  {
    when: { text: LIGHT_OFF, tool: "set_light" },
    do: [
      {
        call: "set_light",
        arguments: { room: "{{match.room}}{{match.place}}", on: false },
      },
    ],
  },
  {
    when: { text: SEARCH_FOR, mcp: true },
    do: [
      {
        mcp: "search",
        arguments: { query: "{{match.query}}" },
        output: { found: "one page about {{match.query}}" },
      },
    ],
  },
  // A voice that is not one of the recordings: show what a first turn with a function looks like.
  {
    when: { text: "^\\(speech, ", turn: 1, tool: "get_weather" },
    do: [{ call: "get_weather", arguments: { city: "Lisbon" } }],
  },
  {
    when: { text: "\\bstory\\b|something long" },
    do: [
      { say: "Once upon a time, a small radio stood on a window sill." },
      {
        say: "Every evening it told the street what it had heard: the wind in the wires, the rain on the roofs, and the footsteps of people coming home.",
      },
      {
        say: "One night the street answered, and the little radio learned to listen.",
      },
    ],
  },
  { when: { turn: 0 }, do: [{ say: "Hello, nice to hear you." }] },
  {
    when: {
      text: "^\\W*(?:hello|hi|hey|good (?:morning|afternoon|evening)|greet)\\b",
    },
    do: [{ say: "Hello, nice to hear you." }],
  },
  {
    when: { text: "\\bthank(?:s| you)\\b" },
    do: [{ say: "You are welcome." }],
  },
  {
    when: { text: "\\b(?:bye|goodbye|good night|see you)\\b" },
    do: [{ say: "Goodbye, and take care." }],
  },
];

/** What is left when nothing else fits. */
export const ASSISTANT_FALLBACK: Script = [
  {
    when: { text: "^\\(speech, (?<length>[\\d.]+ seconds)\\)" },
    do: [
      { say: "I am a simulator, and I do not understand words." },
      { say: "But I hear you: that was {{match.length}}." },
    ],
  },
  {
    when: { text: `${WEATHER}|\\blights?\\b` },
    do: [
      {
        say: "For that I need a function that this session does not have: get_weather for the weather, set_light for a light.",
      },
    ],
  },
  {
    when: {},
    do: [
      { say: "I am a simulator, and I have no answer to that." },
      {
        say: "You can ask me about the weather, switch a light, or hear a story.",
      },
    ],
  },
];
