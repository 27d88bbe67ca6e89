import assert from "node:assert/strict";
import {
  type ScriptStep,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from "../../lib/simulator";
import { connect, type Peer, type WireEvent } from "./peer";
import { audioOf } from "./sounds";

describe("The simulator", () => {
  let simulator: Simulator | undefined;
  afterEach(() => simulator?.close());

  async function talk(
    options: SimulatorOptions,
    session: object = {},
  ): Promise<Peer> {
    simulator = await startSimulator({ speed: Infinity, ...options });
    return connect(simulator, { session });
  }

  async function answer(peer: Peer): Promise<WireEvent> {
    peer.type("Go on.");
    peer.send({ type: "response.create" });
    return (await peer.until("response.done")).response;
  }

  const ofType = (peer: Peer, type: string): WireEvent[] =>
    peer.events.filter((event) => event.type === type);
  const script = (...steps: ScriptStep[]): SimulatorOptions => ({
    script: [{ when: {}, do: steps }],
  });

  it("searches the web and files, with results where they are asked for", async () => {
    const results = [{ file_id: "file_1", filename: "otters.txt", score: 0.9 }];
    const steps = script(
      { search: "web", queries: ["otters"] },
      { search: "file", queries: ["otters"], results },
      { say: "Otters swim." },
    );
    const peer = await talk(steps, { include: ["file_search_call.results"] });
    const { output } = await answer(peer);
    assert.deepEqual(
      output.map(({ type, status }: WireEvent) => [type, status]),
      [
        ["web_search_call", "completed"],
        ["file_search_call", "completed"],
        ["message", "completed"],
      ],
    );
    assert.deepEqual(output[1].results, results);
    for (const kind of ["web", "file"])
      assert.deepEqual(
        peer.events
          .filter(({ type }) => type.startsWith(`response.${kind}_search_call`))
          .map(({ type, sequence_number: number }) => [
            type.split(".").at(-1),
            number,
          ]),
        [
          ["in_progress", 0],
          ["searching", 1],
          ["completed", 2],
        ],
      );
  });

  it("keeps the results of a file search to itself unless asked", async () => {
    const peer = await talk(script({ search: "file", results: [{}] }));
    assert.equal((await answer(peer)).output[0].results, null);
  });

  it("tells the citations of what it said", async () => {
    const peer = await talk(
      script({
        say: "Otters swim.",
        annotations: [{ url: "a" }, { url: "b" }],
      }),
    );
    await answer(peer);
    assert.deepEqual(
      ofType(peer, "response.audio_transcript.annotation.added").map(
        ({ annotation, annotation_index: index }) => [index, annotation.url],
      ),
      [
        [0, "a"],
        [1, "b"],
      ],
    );
  });

  it("passes on what a hosted agent reports", async () => {
    const peer = await talk(script({ invocation: { step: 1 } }));
    await answer(peer);
    assert.deepEqual(ofType(peer, "response.invocation.delta")[0]?.["delta"], {
      step: 1,
    });
  });

  it("moves mouth and face with the audio, when asked", async () => {
    const peer = await talk(script({ say: "Hello, nice to hear you." }), {
      animation: { outputs: ["viseme_id", "blendshapes"] },
    });
    await answer(peer);
    const visemes = ofType(peer, "response.animation_viseme.delta");
    const offsets = visemes.map(({ audio_offset_ms: ms }) => ms);
    assert.ok(offsets.length > 5);
    assert.deepEqual(
      offsets,
      offsets.toSorted((a, b) => a - b),
    );
    assert.ok(visemes.every(({ viseme_id: id }) => id >= 0 && id <= 21));
    const shapes = ofType(peer, "response.animation_blendshapes.delta");
    const frames = shapes.flatMap((event) => event["frames"]);
    const playedMs = audioOf(peer.events).length / 48;
    assert.ok(
      Math.abs(frames.length - (playedMs * 60) / 1000) <= shapes.length,
    );
    assert.ok(frames.every((frame) => frame.length === 55));
    assert.equal(shapes[1]?.["frame_index"], shapes[0]?.["frames"].length);
    assert.ok(
      frames.some((frame) => frame[17] > 0),
      "the jaw opens",
    );
    for (const kind of ["viseme", "blendshapes"])
      assert.equal(ofType(peer, `response.animation_${kind}.done`).length, 1);
    assert.equal(
      "content_index" in
        ofType(peer, "response.animation_blendshapes.done")[0]!,
      false,
    );
  });

  it("moves nothing unless asked", async () => {
    const peer = await talk({});
    await answer(peer);
    assert.deepEqual(
      peer.events.filter(({ type }) => /animation|video|avatar/.test(type)),
      [],
    );
  });

  it("tells what is left of a minute's tokens at the start of each response", async () => {
    const peer = await talk({ tokensPerMinute: 1000 });
    const first = await answer(peer);
    await answer(peer);
    const [before, after] = ofType(peer, "rate_limits.updated").map(
      ({ rate_limits: [tokens] }) => tokens,
    );
    assert.deepEqual(
      [before.name, before.limit, before.remaining],
      ["tokens", 1000, 1000],
    );
    assert.equal(after.remaining, 1000 - first.usage.total_tokens);
    assert.ok(after.reset_seconds > 0 && after.reset_seconds <= 60);
  });

  describe("with an avatar", () => {
    const AVATAR = {
      modalities: ["text", "audio", "avatar"],
      avatar: { character: "lisa", customized: false },
    };
    const offer = (sdp: string): string =>
      Buffer.from(JSON.stringify({ type: "offer", sdp })).toString("base64");
    const OFFER =
      "v=0\r\nm=audio 9 RTP/AVP 111\r\na=mid:0\r\nm=video 9 RTP/AVP 96\r\na=mid:1\r\n";

    it("gives relay servers and answers an offer", async () => {
      const peer = await talk({}, AVATAR);
      const { session } = ofType(peer, "session.updated")[0]!;
      assert.match(session.avatar.ice_servers[0].urls[0], /^turn:/);
      peer.send({ type: "session.avatar.connect", client_sdp: offer(OFFER) });
      const { server_sdp: sdp } = await peer.until("session.avatar.connecting");
      const answered = JSON.parse(Buffer.from(sdp, "base64").toString());
      assert.equal(answered.type, "answer");
      assert.deepEqual(answered.sdp.match(/^(m=\w+|a=mid:\d)/gm), [
        "m=audio",
        "a=mid:0",
        "m=video",
        "a=mid:1",
      ]);
    });

    it("keeps the relay servers that the client names", async () => {
      const own = [{ urls: ["stun:own.example"] }];
      const peer = await talk(
        {},
        { ...AVATAR, avatar: { ...AVATAR.avatar, ice_servers: own } },
      );
      const { session } = ofType(peer, "session.updated")[0]!;
      assert.deepEqual(session.avatar.ice_servers, own);
    });

    it("refuses an offer that is none, and one without an avatar", async () => {
      const peer = await talk({}, AVATAR);
      for (const sdp of ["raw sdp", offer("none")])
        assert.equal(
          (
            await peer.refusal({
              type: "session.avatar.connect",
              client_sdp: sdp,
            })
          ).param,
          "client_sdp",
        );
      const plain = await connect(simulator!);
      assert.match(
        (
          await plain.refusal({
            type: "session.avatar.connect",
            client_sdp: offer(OFFER),
          })
        ).message,
        /needs a session with an avatar/,
      );
    });

    it("shows it speaking, and sends no audio beside it", async () => {
      const peer = await talk({}, AVATAR);
      await answer(peer);
      assert.equal(audioOf(peer.events).length, 0);
      assert.deepEqual(
        peer.events.flatMap(({ type }) =>
          type.startsWith("session.avatar.switch") ? [type] : [],
        ),
        ["session.avatar.switch_to_speaking", "session.avatar.switch_to_idle"],
      );
    });

    it("sends a copy of the audio and pictures over the socket, when asked", async () => {
      const peer = await talk(
        {},
        {
          ...AVATAR,
          avatar: {
            ...AVATAR.avatar,
            output_protocol: "websocket",
            output_audit_audio: true,
          },
        },
      );
      await answer(peer);
      assert.ok(audioOf(peer.events).length > 0);
      const [picture] = ofType(peer, "response.video.delta");
      assert.equal(picture?.["codec"], "h264");
    });
  });
});
