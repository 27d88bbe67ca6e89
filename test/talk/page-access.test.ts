import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import FakeTimers from "@sinonjs/fake-timers";
import { GuessBrake } from "../../lib/talk/guess-brake";
import {
  checkAccess,
  type PageAccess,
  type Proof,
} from "../../lib/talk/page-access";
import { TicketOffice } from "../../lib/talk/ticket-office";

const visitor = { address: "a", isLocal: false, origin: "", ownOrigins: [] };
const request = { headers: { cookie: "c=1" } } as unknown as IncomingMessage;
const proof = (more: Partial<Proof> = {}): Proof => ({
  secret: undefined,
  isKnown: false,
  visitor,
  request,
  ...more,
});
const faultOf = async (access: PageAccess): Promise<unknown> =>
  (await checkAccess(access, proof(), new GuessBrake(), 0))?.fault;
const check = async (
  access: PageAccess,
  more: Partial<Proof> = {},
  brake = new GuessBrake(),
): Promise<string> =>
  (await checkAccess(access, proof(more), brake, 0))?.close ?? "in";

describe("checkAccess", () => {
  it("on loopback asks for a local browser and for nothing else", async () => {
    const access = { kind: "loopback" } as const;
    assert.equal(await check(access), "denied");
    assert.equal(await check(access, { isKnown: true, secret: "x" }), "denied");
    const local = { ...visitor, isLocal: true };
    assert.equal(await check(access, { visitor: local }), "in");
  });

  it("with a password asks each socket for it, also one that was there before", async () => {
    const access = { kind: "password", password: "pass" } as const;
    assert.equal(await check(access, { secret: "pass" }), "in");
    for (const secret of [undefined, "", "Pass", "pass "])
      assert.equal(await check(access, { secret, isKnown: true }), "denied");
  });

  it("counts wrong passwords, but not the question whether one is needed", async () => {
    const access = { kind: "password", password: "pass" } as const;
    const brake = new GuessBrake();
    for (let n = 0; n < 10; n++)
      assert.equal(await check(access, {}, brake), "denied");
    for (let n = 0; n < 3; n++)
      assert.equal(await check(access, { secret: "x" }, brake), "denied");
    assert.equal(await check(access, { secret: "pass" }, brake), "braked");
    const other = { ...visitor, address: "b" };
    const elsewhere = { secret: "pass", visitor: other };
    assert.equal(await check(access, elsewhere, brake), "in");
  });

  it("with tickets takes each once, and who was there before without one", async () => {
    const office = new TicketOffice(Buffer.from("key"), "talk");
    const access = { kind: "ticket", office } as const;
    const ticket = office.issue();
    assert.equal(await check(access), "expired");
    assert.equal(await check(access, { secret: ticket }), "in");
    assert.equal(await check(access, { secret: ticket }), "expired");
    assert.equal(await check(access, { isKnown: true }), "in");
  });

  describe("by a function of the settings", () => {
    const custom = (verify: unknown): PageAccess => ({
      kind: "custom",
      verify: verify as (request: IncomingMessage, secret: string) => unknown,
    });

    it("gives it the request and the secret", async () => {
      const seen: unknown[] = [];
      const access = custom((...given: unknown[]) => seen.push(...given) > 0);
      assert.equal(await check(access, { secret: "s" }), "in");
      assert.equal(await check(access), "in");
      assert.deepEqual(seen, [request, "s", request, ""]);
    });

    for (const [what, verify, expected] of [
      ["true", () => true, "in"],
      ["a promise of true", () => Promise.resolve(true), "in"],
      ["false", () => false, "denied"],
      ["something true-like", () => ({ user: "Ada" }), "denied"],
      ["nothing", () => undefined, "denied"],
      ["a promise of false", () => Promise.resolve(false), "denied"],
      [
        "an error",
        () => {
          throw new Error("of the user");
        },
        "denied",
      ],
      ["a rejection", () => Promise.reject(new Error("later")), "denied"],
    ] as const)
      it(`${expected === "in" ? "lets in" : "refuses"} on ${what}`, async () => {
        assert.equal(await check(custom(verify)), expected);
      });

    it("tells what the function has thrown, to who runs Node-RED", async () => {
      const broken = new Error("of the user");
      const access = custom(() => Promise.reject(broken));
      assert.equal(await faultOf(access), broken);
      assert.equal(await faultOf(custom(() => false)), undefined);
    });

    it("refuses on an answer that does not come within ten seconds", async () => {
      const clock = FakeTimers.install({
        toFake: ["setTimeout", "clearTimeout"],
      });
      try {
        const answer = check(custom(() => new Promise(() => {})));
        await clock.tickAsync(10_000);
        assert.equal(await answer, "denied");
        assert.equal(clock.countTimers(), 0);
      } finally {
        clock.uninstall();
      }
    });
  });
});
