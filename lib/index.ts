// The package without Node-RED: the client of the service, the simulator of it, the wire and the audio.

export * as audio from "./audio";
export * from "./client";
export * as protocol from "./protocol";
export {
  startSimulator,
  type Simulator,
  type SimulatorOptions,
} from "./simulator";
