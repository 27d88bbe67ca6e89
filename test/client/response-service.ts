import {
  ResponseSequencer,
  type ResponseRequest,
} from "../../lib/client/response-sequencer";

/** A talk of 20 s that is not over by then never will be. */
const LONGEST_TALK_MS = 600_000;

/** Time goes on only from task to task. */
class Agenda {
  now = 0;
  #tasks: { at: number; order: number; run: () => void }[] = [];
  #order = 0;

  add(at: number, run: () => void): void {
    this.#tasks.push({ at, order: (this.#order += 1), run });
  }

  run(): void {
    while (this.#tasks.length > 0) {
      this.#tasks.sort((a, b) => a.at - b.at || a.order - b.order);
      const next = this.#tasks.shift();
      if (!next || next.at > LONGEST_TALK_MS) return;
      this.now = Math.max(this.now, next.at);
      next.run();
    }
  }
}

/** One direction of a slow line: messages take their time and keep their order. */
class Line {
  readonly #agenda: Agenda;
  readonly #random: () => number;
  #lastAt = 0;

  constructor(agenda: Agenda, random: () => number) {
    this.#agenda = agenda;
    this.#random = random;
  }

  send(deliver: () => void): void {
    const at = this.#agenda.now + this.#random() * 300;
    this.#lastAt = Math.max(this.#lastAt, at);
    this.#agenda.add(this.#lastAt, deliver);
  }
}

interface Wish {
  readonly name: string;
  readonly request: ResponseRequest;
  isServed: boolean;
}

export interface TalkOutcome {
  readonly unserved: readonly string[];
  readonly refusalsInARow: number;
  readonly isBusyAtTheEnd: boolean;
}

/** The service as far as responses go: one at a time, some begun by itself after the user spoke (protocol.md §12). */
class ModelService {
  readonly #agenda: Agenda;
  readonly #random: () => number;
  readonly #tell: (event: (client: ResponseSequencer) => void) => void;
  readonly #began: (eventId: string | undefined) => void;
  #active: string | undefined;
  #responses = 0;

  constructor(
    agenda: Agenda,
    random: () => number,
    tell: (event: (client: ResponseSequencer) => void) => void,
    began: (eventId: string | undefined) => void,
  ) {
    this.#agenda = agenda;
    this.#random = random;
    this.#tell = tell;
    this.#began = began;
  }

  createItem(itemId: string): void {
    this.#tell((client) => client.itemKnown(itemId));
  }

  /** @returns false when it has to refuse */
  createResponse(eventId: string): boolean {
    if (this.#active === undefined) {
      this.#begin(eventId);
      return true;
    }
    this.#tell((client) => client.refused(eventId, true, this.#agenda.now));
    return false;
  }

  /** The user speaks: what runs is cut off; an answer may follow, or it was noise. */
  hearUser(): void {
    this.#end(this.#active);
    this.#tell((client) => client.speechStarted());
    this.#agenda.add(this.#agenda.now + this.#random() * 2_000, () => {
      this.#tell((client) => client.speechStopped(true, this.#agenda.now));
      if (this.#random() < 0.3) return;
      this.#agenda.add(this.#agenda.now + this.#random() * 1_000, () => {
        if (this.#active === undefined) this.#begin(undefined);
      });
    });
  }

  #begin(eventId: string | undefined): void {
    const responseId = `r${(this.#responses += 1)}`;
    this.#active = responseId;
    this.#began(eventId);
    this.#tell((client) => void client.created(responseId, this.#agenda.now));
    this.#agenda.add(this.#agenda.now + this.#random() * 3_000, () =>
      this.#end(responseId),
    );
  }

  #end(responseId: string | undefined): void {
    if (responseId === undefined || this.#active !== responseId) return;
    this.#active = undefined;
    this.#tell((client) => client.done(responseId, this.#agenda.now));
  }
}

/** Typed messages, function results and spoken turns in a random mix over a slow line, and then silence. */
export function simulateTalk(random: () => number): TalkOutcome {
  const agenda = new Agenda();
  const up = new Line(agenda, random);
  const down = new Line(agenda, random);
  const wishes: Wish[] = [];
  const items = new Set<string>();
  const sent = new Map<string, ResponseRequest>();
  let events = 0;
  let inARow = 0;
  let refusalsInARow = 0;

  const service = new ModelService(
    agenda,
    random,
    (event) => down.send(() => event(client)),
    (eventId) => {
      const own = eventId === undefined ? undefined : sent.get(eventId);
      for (const wish of wishes) {
        const { params, itemIds } = wish.request;
        wish.isServed ||= params
          ? own === wish.request
          : itemIds.every((id) => items.has(id));
      }
    },
  );
  const client: ResponseSequencer = new ResponseSequencer(
    {
      send: (eventId, request) => {
        sent.set(eventId, request);
        up.send(() => {
          inARow = service.createResponse(eventId) ? 0 : inARow + 1;
          refusalsInARow = Math.max(refusalsInARow, inARow);
        });
      },
      cancel: () => undefined,
      wakeIn: (ms) =>
        agenda.add(agenda.now + ms, () => client.tick(agenda.now)),
      progressAt: () => 0,
    },
    () => `e${(events += 1)}`,
  );
  client.connectionReady(0);

  for (let index = 0; index < 30; index += 1) {
    const at = random() * 20_000;
    if (random() < 0.3) {
      agenda.add(at, () => service.hearUser());
      continue;
    }
    const name = `i${index}`;
    const request: ResponseRequest =
      random() < 0.3
        ? { itemIds: [name], params: { instructions: name } }
        : { itemIds: [name] };
    agenda.add(at, () => {
      wishes.push({ name, request, isServed: false });
      up.send(() => {
        items.add(name);
        service.createItem(name);
      });
      client.request(request, agenda.now);
    });
  }
  agenda.run();
  return {
    unserved: wishes.filter((wish) => !wish.isServed).map(({ name }) => name),
    refusalsInARow,
    isBusyAtTheEnd: client.isBusy,
  };
}
