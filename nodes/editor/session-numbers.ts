import {
  SESSION_NUMBER_NAMES,
  SESSION_NUMBERS,
  type SessionNumber,
} from "../shared/session-numbers";
import { numberOf } from "./inputs";
import { renewalProblem } from "./session-checks";
import { explained, numberBetween } from "./validate";

export type Numbers = Partial<Record<SessionNumber, number>>;

interface NumberDefinition<T> {
  readonly value: number;
  readonly validate: ReturnType<typeof numberBetween<T>>;
}

/** How the editor knows the property, with what it says of a value that is out of bounds. */
export function numberProperty<T>(name: SessionNumber): NumberDefinition<T> {
  const { value, min, max } = SESSION_NUMBERS[name];
  const key = `voice-live-session.error.${name}`;
  return { value, validate: numberBetween<T>(min, max, key) };
}

/** The same of the margin before a session's end, which has to be shorter than the session. */
export function marginProperty<T extends Numbers>(): NumberDefinition<T> {
  return {
    value: SESSION_NUMBERS.renewMarginSeconds.value,
    validate: explained<T>(function (value) {
      return renewalProblem(value, shownSessionMinutes(this));
    }),
  };
}

/** The editor makes a new config node without those that are 0. */
export function showNumbers(node: Numbers): void {
  for (const name of SESSION_NUMBER_NAMES)
    inputOf(name).val(node[name] ?? SESSION_NUMBERS[name].value);
}

export function numbersFromForm(): Numbers {
  return Object.fromEntries(
    SESSION_NUMBER_NAMES.map((name) => [name, numberOf(inputId(name))]),
  );
}

/** While the dialog is open, what it says counts. */
function shownSessionMinutes({ sessionMinutes }: Numbers): unknown {
  return (
    inputOf("sessionMinutes").val() ??
    sessionMinutes ??
    SESSION_NUMBERS.sessionMinutes.value
  );
}

function inputOf(name: SessionNumber): JQuery {
  return $(`#${inputId(name)}`);
}

function inputId(name: SessionNumber): string {
  return `node-config-input-${name}`;
}
