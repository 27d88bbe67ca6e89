import { weatherStorm } from "../storm";
import { faultSuite } from "../suite";

faultSuite(
  "fuzzed frames of the service",
  { quick: 100_000, full: 1_000_000 },
  weatherStorm,
);
