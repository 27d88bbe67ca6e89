import assert from "node:assert/strict";
import { decodeRead, READ_MEMORY } from "../../lib/client/read-memory";

describe("decodeRead", () => {
  it("decodes what was read from a socket, and leaves what is elsewhere to others", () => {
    READ_MEMORY.write("--AAEC--", "latin1");
    const read = READ_MEMORY.subarray(0, 8);
    assert.deepEqual(decodeRead(read, 2, 6), Buffer.from([0, 1, 2]));
    // At the same place in other memory.
    const elsewhere = READ_MEMORY.buffer.slice(0);
    const copy = Buffer.from(elsewhere, READ_MEMORY.byteOffset, read.length);
    assert.equal(decodeRead(copy, 2, 6), undefined);
  });
});
