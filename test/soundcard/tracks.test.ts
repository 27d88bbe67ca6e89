import assert from "node:assert/strict";
import { Tracks } from "../../lib/soundcard/tracks";

describe("Tracks", () => {
  const tracks = new Tracks();

  it("keeps one track for each item, without what is said of a chunk", () => {
    const voice = { conversation: "a", itemId: "item-1", generation: 2 };
    const track = tracks.of({ ...voice, startMs: 0, durationMs: 40 });
    assert.equal(tracks.of({ ...voice, startMs: 40 }), track);
    assert.deepEqual(track.source, voice);
    assert.notEqual(tracks.of({ ...voice, conversation: "b" }), track);
    assert.notEqual(tracks.of({ ...voice, itemId: "item-2" }), track);
  });

  it("goes on with an item whose sound was heard before the rest came", () => {
    const track = tracks.of({ itemId: "item-1" });
    track.receivedMs = track.heardMs = 40;
    assert.equal(tracks.of({ itemId: "item-1" }), track);
  });

  it("begins anew for sound without an item, once all of it was heard", () => {
    const track = tracks.of({});
    track.receivedMs = 40;
    assert.equal(tracks.of({}), track);
    track.heardMs = 40;
    assert.notEqual(tracks.of({}), track);
  });
});
