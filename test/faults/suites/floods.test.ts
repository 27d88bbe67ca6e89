import { sufferFloods } from "../floods";
import { faultSuite } from "../suite";

faultSuite(
  "messages too large and floods of fragments",
  { quick: 1, full: 20 },
  sufferFloods,
);
