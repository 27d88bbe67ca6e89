import assert from "node:assert/strict";
import FakeTimers from "@sinonjs/fake-timers";
import { PAGE_CLOSE } from "../../lib/talk/page-protocol";
import type { PlayedPosition } from "../../lib/talk/page-streams";
import { PageHost } from "../support/page-host";
import { TestPage } from "../support/page";

const PASSWORD = { kind: "password", password: "pass" } as const;

describe("PageServer", () => {
  let host: PageHost;
  afterEach(() => host.close());

  const closes = async (page: TestPage, code: number): Promise<void> =>
    assert.equal(await page.closeCode(), code, JSON.stringify(page.closed));

  it("welcomes a page, and gives each an id that nobody can guess", async () => {
    host = await PageHost.start();
    const welcome = await host.page().enter();
    assert.deepEqual(
      { ...welcome, resume: "" },
      {
        type: "welcome",
        title: "Test",
        resume: "",
        resumed: false,
        inputRate: 24_000,
        chunkMs: 40,
      },
    );
    await host.page().enter();
    const [one, other] = host.server.pages;
    assert.match(one?.id ?? "", /^[0-9a-f]{32}$/);
    assert.notEqual(one?.id, other?.id);
  });

  it("hands audio over frame by frame, and texts as they were typed", async () => {
    const audio: Buffer[] = [];
    const texts: string[] = [];
    host = await PageHost.start(
      {},
      {
        audio: (_page, samples) => audio.push(samples),
        text: (_page, text) => texts.push(text),
      },
    );
    const page = host.page();
    await page.enter();
    page.socket.send(Buffer.from([1, 2, 3, 4]));
    page.socket.send(Buffer.from([5, 6]));
    page.say({ type: "text", text: "<b>Hello</b>" });
    page.say({ type: "ping", at: 7 });
    await page.message("pong", ({ at }) => at === 7);
    assert.deepEqual(
      audio.map((samples) => samples.toString("hex")),
      ["01020304", "0506"],
    );
    assert.deepEqual(texts, ["<b>Hello</b>"]);
  });

  it("sends sound in numbered streams, and hears how much of it was played", async () => {
    const played: PlayedPosition[] = [];
    host = await PageHost.start(
      {},
      { played: (_page, position) => played.push(position) },
    );
    const page = host.page();
    await page.enter();
    const place = {
      conversation: "c",
      generation: 2,
      responseId: "r",
      itemId: "i",
      startMs: 500,
    };
    const [known] = host.server.pages;
    known?.play({ pcm: Buffer.from("0a0b0c0d", "hex"), rate: 8_000, place });
    known?.endSound();
    known?.flush();
    known?.play({ pcm: Buffer.from("0e0f", "hex"), rate: 8_000 });
    await page.until("sound", () => page.sound.size === 2);
    assert.deepEqual(page.messages.slice(1), [
      { type: "audio", stream: 1, rate: 8_000, generation: 0, itemId: "i" },
      { type: "audio-end", stream: 1 },
      { type: "flush", generation: 1 },
      { type: "audio", stream: 2, rate: 8_000, generation: 1 },
    ]);
    assert.equal(page.sound.get(1)?.toString("hex"), "0a0b0c0d");
    page.say({ type: "played", stream: 1, samples: 2, ended: true });
    page.say({ type: "played", stream: 2, samples: 1, ended: true });
    page.say({ type: "ping", at: 1 });
    await page.message("pong");
    assert.deepEqual(played, [
      { conversation: "c", generation: 2, responseId: "r", playedMs: 500.25 },
    ]);
  });

  it("goes on with the conversation of a page that comes back, and closes the socket it had", async () => {
    host = await PageHost.start({ access: PASSWORD });
    const first = host.page();
    const { resume } = await first.enter({ secret: "pass" });
    const back = host.page();
    const { resumed } = await back.enter({ secret: "pass", resume });
    assert.equal(resumed, true);
    await closes(first, PAGE_CLOSE.replaced);
    const [before, after] = host.opened;
    assert.equal(before?.page.id, after?.page.id);
    assert.deepEqual([before?.isBack, after?.isBack], [false, true]);
    assert.equal(host.server.pages.length, 1);
    assert.deepEqual(host.gone, []);
  });

  it("begins anew with a proof of another key, password or access", async () => {
    host = await PageHost.start({ access: PASSWORD });
    const { resume } = await host.page().enter({ secret: "pass" });
    for (const options of [
      { access: PASSWORD, key: Buffer.from("other") },
      { access: { ...PASSWORD, password: "other" } },
      { access: { kind: "loopback" } as const },
    ]) {
      await host.close();
      host = await PageHost.start(options);
      const { password: secret } = { password: "pass", ...options.access };
      const { resumed } = await host.page().enter({ secret, resume });
      assert.equal(resumed, false);
    }
    await host.close();
    host = await PageHost.start({ access: PASSWORD });
    const { resumed } = await host.page().enter({ secret: "pass", resume });
    assert.equal(resumed, true);
  });

  it("lets no more pages in than it may, of all and of one address, but one back in", async () => {
    host = await PageHost.start({
      access: PASSWORD,
      maxPages: 3,
      maxPagesPerAddress: 2,
    });
    const enter = (address: string, more = {}): Promise<unknown> =>
      host.page(address).enter({ secret: "pass", ...more });
    const first = host.page("10.0.0.1");
    const { resume } = await first.enter({ secret: "pass" });
    await enter("10.0.0.1");
    const third = await host.page("10.0.0.1").open();
    await closes(third, PAGE_CLOSE.tooManyPages);
    await enter("10.0.0.2");
    const fourth = await host.page("10.0.0.3").open();
    fourth.hello({ secret: "pass" });
    await closes(fourth, PAGE_CLOSE.tooManyPages);
    await enter("10.0.0.4", { resume });
    await closes(first, PAGE_CLOSE.replaced);
    assert.equal(host.server.pages.length, 3);
    assert.equal(host.server.refusals, 2);
  });

  it("slows guesses of one address, and no other's", async () => {
    host = await PageHost.start({ access: PASSWORD });
    const attempt = async (
      address: string,
      secret?: string,
    ): Promise<number> => {
      const page = await host.page(address).open();
      page.hello({ secret });
      return page.closeCode();
    };
    for (let n = 0; n < 3; n++) {
      assert.equal(await attempt("10.0.0.1"), PAGE_CLOSE.denied);
      assert.equal(await attempt("10.0.0.1", "wrong"), PAGE_CLOSE.denied);
    }
    assert.equal(await attempt("10.0.0.1", "pass"), PAGE_CLOSE.braked);
    await host.page("10.0.0.2").enter({ secret: "pass" });
    assert.equal(host.server.refusals, 4);
    assert.deepEqual(host.refusals, [
      "A page from 10.0.0.1 was refused: The password is wrong.",
      "A page from 10.0.0.1 was refused: Too many wrong attempts.",
    ]);
  });

  it("tells once why the user's own check fails, however often somebody knocks", async () => {
    const verify = (): never => {
      throw new Error("of the user");
    };
    host = await PageHost.start({ access: { kind: "custom", verify } });
    for (const address of ["10.0.0.1", "10.0.0.2"]) {
      const page = await host.page(address).open();
      page.hello({ secret: "x" });
      await closes(page, PAGE_CLOSE.denied);
      assert.doesNotMatch(page.closed?.reason ?? "", /of the user/);
    }
    assert.deepEqual(host.faults.map(String), ["Error: of the user"]);
  });

  it("takes pages of the other origins that it was given", async () => {
    host = await PageHost.start({ origins: new Set(["https://example.org"]) });
    const { url } = host.page().socket;
    const page = new TestPage(url, { origin: "https://example.org" });
    await page.enter();
    page.close();
  });

  it("tells all pages to come back when it closes, and takes no more", async () => {
    host = await PageHost.start();
    const page = host.page();
    await page.enter();
    const waiting = await host.page().open();
    host.server.close();
    await closes(page, PAGE_CLOSE.restarting);
    await closes(waiting, PAGE_CLOSE.restarting);
    assert.deepEqual(host.gone, [], "nobody is told of it any more");
    await closes(host.page(), 1006);
  });

  it("survives listeners that throw", async () => {
    host = await PageHost.start(
      {},
      {
        text: () => {
          throw new Error("of the listener");
        },
      },
    );
    const page = host.page();
    await page.enter();
    page.say({ type: "text", text: "Hello" });
    page.say({ type: "ping", at: 1 });
    await page.message("pong");
    assert.deepEqual(host.faults.map(String), ["Error: of the listener"]);
  });

  it("drops sound for a page that takes none, counts it, and closes when nothing helps", async () => {
    host = await PageHost.start();
    const page = host.page();
    await page.enter();
    page.socket.pause();
    const [known] = host.server.pages;
    const pcm = Buffer.alloc(64_000);
    for (let n = 0; n < 200; n++) known?.play({ pcm, rate: 24_000 });
    assert.ok((known?.droppedBytes ?? 0) > 0);
    const text = "x".repeat(64_000);
    for (let n = 0; n < 1_000 && host.refusals.length === 0; n++) {
      known?.send({ type: "notice", level: "info", text });
      await new Promise(setImmediate);
    }
    assert.match(host.refusals.join(), /takes nothing of what it is sent/);
    assert.deepEqual(host.gone, [known?.id]);
  });

  it("gives a socket five seconds to say hello, and ends one that is dead", async () => {
    const clock = FakeTimers.install({
      toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"],
    });
    try {
      host = await PageHost.start();
      const silent = await host.page().open();
      const dead = host.page();
      dead.socket.on("ping", () => {});
      const entered = dead.enter();
      await entered;
      clock.tick(4_999);
      assert.equal(silent.closed, undefined);
      clock.tick(1);
      await closes(silent, PAGE_CLOSE.silent);
      dead.socket.pause();
      clock.tick(60_000);
      dead.socket.resume();
      await closes(dead, 1006);
    } finally {
      clock.uninstall();
    }
  });
});
