import assert from "node:assert/strict";
import { signToken } from "../../lib/talk/signed-token";
import { TicketOffice } from "../../lib/talk/ticket-office";

const KEY = Buffer.from("a key of the test");

describe("TicketOffice", () => {
  let now = 1_000_000;
  const open = (purpose = "talk"): TicketOffice =>
    new TicketOffice(KEY, purpose, () => now);

  it("takes each ticket once", () => {
    const office = open();
    const [one, other] = [office.issue(), office.issue()];
    assert.notEqual(one, other);
    assert.equal(office.take(one), "good");
    assert.equal(office.take(one), "expired");
    assert.equal(office.take(other), "good");
  });

  it("takes a ticket until it ends, and for its own page", () => {
    const office = open();
    const ticket = office.issue(60);
    assert.equal(open("house").take(ticket), "invalid");
    now += 61_000;
    assert.equal(office.take(ticket), "expired");
  });

  it("takes tickets of another program that may be used once and end within a day", () => {
    const office = open();
    const exp = now / 1_000 + 60;
    const ticket = (claims: object): string =>
      signToken(KEY, { aud: "talk", exp, ...claims });
    assert.equal(office.take(ticket({ jti: "a" })), "good");
    assert.equal(office.take(ticket({})), "invalid");
    assert.equal(
      office.take(ticket({ jti: "b", exp: exp + 2 * 86_400 })),
      "invalid",
    );
  });
});
