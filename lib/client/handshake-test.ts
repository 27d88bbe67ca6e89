import {
  dialectFor,
  parseServerFrame,
  type ServerErrorDetails,
} from "../protocol";
import { diagnoseServiceError } from "./diagnosis";
import { VoiceLiveError } from "./errors";
import type { ServiceAccess } from "./service-access";
import { checkTarget, sessionUrl, type SessionTarget } from "./session-target";
import { Transport } from "./transport";

/** The service lets us in. */
export interface HandshakeResult {
  /** From the first byte to the service's first word, token not counted. */
  readonly ms: number;
  /** Address and key are right, but the model is not there. */
  readonly lacksModel: boolean;
}

/** Errors in which a service that has let us in names the model. */
const MODEL_ERROR = /model|deployment/i;

/**
 * Opens one WebSocket, waits for the service's first word and closes it; nothing is sent.
 * @param signal - ends the attempt
 * @throws VoiceLiveError why the service cannot be reached, or lets nobody in
 */
export async function testHandshake(
  access: Pick<ServiceAccess, "service" | "apiVersion" | "locate">,
  target: SessionTarget,
  signal: AbortSignal,
): Promise<HandshakeResult> {
  checkTarget(target, access.service);
  const { endpoint, ...means } = await unlessAborted(access.locate(), signal);
  const url = sessionUrl(endpoint, access, target);
  const dialect = dialectFor(access.service, access.apiVersion);
  const startedAt = performance.now();
  const resultOf = (lacksModel: boolean): HandshakeResult => ({
    ms: Math.round(performance.now() - startedAt),
    lacksModel,
  });
  return new Promise((resolve, reject) => {
    const stop = (): void => transport.terminate(tooLate());
    const transport = new Transport(
      { url, ...means },
      {
        opened: () => undefined,
        received(data) {
          const frame = parseServerFrame(data, dialect);
          if (frame.kind !== "event") return;
          const { type, error } = frame.event as {
            type: string;
            error?: ServerErrorDetails;
          };
          if (type === "error" && error && !isAboutModel(error))
            reject(diagnoseServiceError(error, "opening"));
          else if (type === "error" || type === "session.created")
            resolve(resultOf(type === "error"));
          else return;
          transport.close();
        },
        closed(fault) {
          signal.removeEventListener("abort", stop);
          // No source says so, but a gateway looks for a deployment only after it has checked the key.
          if (fault.service?.code === "DeploymentNotFound")
            resolve(resultOf(true));
          else reject(fault);
        },
        drained: () => undefined,
      },
    );
    signal.addEventListener("abort", stop);
  });
}

function isAboutModel({ code, param }: ServerErrorDetails): boolean {
  return MODEL_ERROR.test(`${code ?? ""} ${param ?? ""}`);
}

function unlessAborted<T>(
  running: Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(tooLate());
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop);
    running
      .then(resolve, reject)
      .finally(() => signal.removeEventListener("abort", stop));
  });
}

function tooLate(): VoiceLiveError {
  return new VoiceLiveError(
    "VOICE_LIVE_TIMEOUT",
    "The service did not begin a session in time",
    {
      nextStep:
        "Check the endpoint, and any proxy or firewall in between, then try again.",
    },
  );
}
