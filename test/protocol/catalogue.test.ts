import assert from "node:assert/strict";

import * as protocol from "../../lib/protocol";
import { EVENT_NAMES } from "../../lib/protocol/dialect";
import { CATALOGUE, sampleEvent, sampleItem } from "./wire-catalogue";

const serverTypes: readonly string[] = protocol.SERVER_EVENT_TYPES;
const clientTypes: readonly string[] = protocol.CLIENT_EVENT_TYPES;

/** Members that merely inform, so that an event without them still counts. */
const INFORMATIVE = new Set([
  "audio_start_ms",
  "audio_end_ms",
  "audio_duration_ms",
  "timestamp_type",
  "sequence_number",
  "codec",
  "frame_index",
  "name",
  "annotation",
  "received_at",
  "id",
  "speaker",
  "start",
  "end",
]);

describe("server event catalogue", () => {
  for (const event of CATALOGUE.serverEvents) {
    const { type, required, optional } = event;

    it(`knows ${type}`, () => {
      assert.ok(serverTypes.includes(type));
      assert.notEqual(
        protocol.parseServerFrame(JSON.stringify(sampleEvent(event, optional)))
          .kind,
        "malformed",
      );
    });

    for (const member of [...required, ...optional].filter(
      (name) => name !== "annotation",
    )) {
      it(`refuses ${type} whose ${member} has another type`, () => {
        const frame = protocol.parseServerFrame(
          JSON.stringify({ ...sampleEvent(event), [member]: true }),
        );
        assert.ok(
          frame.kind === "malformed" &&
            frame.reason.startsWith(`${type}: ${member} is not `),
        );
      });
    }

    it(`accepts ${type} without what it can do without`, () => {
      for (const member of required) {
        const { [member]: _, ...rest } = sampleEvent(event);
        const frame = protocol.parseServerFrame(JSON.stringify(rest));
        const isTruncation =
          type === "conversation.item.truncated" && member === "audio_end_ms";
        const mayMiss =
          !isTruncation &&
          (INFORMATIVE.has(member) || / (?:\w+_)?index$/.test(` ${member}`));
        const mcpArguments =
          type === "response.mcp_call_arguments.done" && member === "arguments";
        assert.equal(
          frame.kind === "malformed",
          !mayMiss && !mcpArguments,
          member,
        );
      }
    });
  }

  it("reads an absent index as 0", () => {
    const frame = protocol.parseServerFrame(
      '{"type":"response.text.done","response_id":"r","item_id":"i","text":""}',
    );
    assert.deepEqual(frame, {
      kind: "event",
      event: {
        type: "response.text.done",
        response_id: "r",
        item_id: "i",
        text: "",
        output_index: 0,
        content_index: 0,
      },
    });
  });

  for (const type of Object.keys(CATALOGUE.items.server)) {
    it(`accepts the ${type} item and refuses it without its id`, () => {
      const item = sampleItem("server", type);
      const parse = (id: unknown) =>
        protocol.parseServerFrame(
          JSON.stringify({
            type: "conversation.item.created",
            item: { ...item, id },
          }),
        );
      assert.equal(parse("item_1").kind, "event");
      assert.deepEqual(parse(17), {
        kind: "malformed",
        reason:
          "conversation.item.created: item.id is not a string of up to 256 characters",
      });
    });
  }
});

describe("client event catalogue", () => {
  for (const event of CATALOGUE.clientEvents) {
    const { type, required, optional } = event;

    it(`knows ${type} with all its members`, () => {
      assert.ok(clientTypes.includes(type));
      const text = JSON.stringify(
        sampleEvent(
          event,
          optional.filter((name) => name !== "response"),
        ),
      );
      assert.equal(protocol.parseClientFrame(text).kind, "event");
    });

    for (const member of required) {
      it(`refuses ${type} without ${member}`, () => {
        const { [member]: _, ...rest } = sampleEvent(event);
        const frame = protocol.parseClientFrame(JSON.stringify(rest));
        assert.ok(
          frame.kind === "malformed" &&
            frame.code === "missing_required_parameter",
        );
        assert.equal(frame.param, member);
      });
    }
  }

  for (const [type, members] of Object.entries(CATALOGUE.items.client)) {
    for (const member of members) {
      it(`refuses a ${type} item without ${member}`, () => {
        const { [member]: _, ...item } = sampleItem("client", type);
        const frame = protocol.parseClientFrame(
          JSON.stringify({ type: "conversation.item.create", item }),
        );
        assert.ok(
          frame.kind === "malformed" && frame.param === `item.${member}`,
        );
      });
    }
  }
});

describe("known values", () => {
  const lists: Readonly<Record<string, readonly string[]>> = {
    Modality: protocol.MODALITIES,
    AnimationOutputType: protocol.ANIMATION_OUTPUTS,
    OAIVoice: protocol.OPENAI_VOICES,
    AzureVoiceType: protocol.VOICE_TYPES,
    PersonalVoiceModels: protocol.PERSONAL_VOICE_MODELS,
    AzureRealtimeNativeVoiceName: protocol.AZURE_REALTIME_NATIVE_VOICES,
    InputAudioFormat: protocol.INPUT_AUDIO_FORMATS,
    OutputAudioFormat: protocol.OUTPUT_AUDIO_FORMATS,
    TurnDetectionType: protocol.TURN_DETECTION_TYPES,
    EouThresholdLevel: protocol.EOU_THRESHOLD_LEVELS,
    EouModel: protocol.EOU_MODELS,
    EchoCancellationReferenceSource: protocol.ECHO_REFERENCE_SOURCES,
    AvatarConfigTypes: protocol.AVATAR_TYPES,
    PhotoAvatarBaseModes: protocol.PHOTO_AVATAR_MODELS,
    AvatarOutputProtocol: protocol.AVATAR_OUTPUT_PROTOCOLS,
    AudioTimestampType: protocol.AUDIO_TIMESTAMP_TYPES,
    MCPApprovalType: protocol.MCP_APPROVALS,
    ToolChoiceLiteral: protocol.TOOL_CHOICES,
    ReasoningEffort: protocol.REASONING_EFFORTS,
    SessionIncludeOption: protocol.SESSION_INCLUDES,
    MessageRole: protocol.MESSAGE_ROLES,
    InterimResponseConfigType: protocol.INTERIM_RESPONSE_TYPES,
    InterimResponseTrigger: protocol.INTERIM_RESPONSE_TRIGGERS,
    ResponseStatus: protocol.RESPONSE_STATUSES,
    RequestImageContentPartDetail: protocol.IMAGE_DETAILS,
    ResponseItemStatus: protocol.ITEM_STATUSES,
    NoiseReductionType: protocol.NOISE_REDUCTION_TYPES,
    TranscriptionModel: protocol.TRANSCRIPTION_MODELS,
    ResponseCancelledReason: protocol.CANCELLED_REASONS,
    ResponseIncompleteReason: protocol.INCOMPLETE_REASONS,
    SipCallState: protocol.SIP_CALL_STATES,
  };

  for (const [name, list] of Object.entries(lists)) {
    it(`has every ${name} of the reference`, () => {
      const values =
        CATALOGUE.enums[name] ?? assert.fail(`the reference has no ${name}`);
      assert.deepEqual(
        values.filter((value) => !list.includes(value)),
        [],
      );
    });
  }

  it("has every api-version that the reference names", () => {
    const versions: readonly string[] = protocol.KNOWN_API_VERSIONS;
    const named = [...CATALOGUE.serverEvents, ...CATALOGUE.clientEvents].map(
      ({ since }) => since,
    );
    const dated = named.filter((since) => /^\d|^v1$/.test(since));
    assert.deepEqual(
      dated.filter((since) => !versions.includes(since)),
      [],
    );
  });

  it("has every v1 name that the reference gives", () => {
    assert.deepEqual(Object.fromEntries(EVENT_NAMES), CATALOGUE.v1Names);
  });
});
