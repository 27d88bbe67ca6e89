import { sendBadInput } from "../bad-input";
import { faultSuite } from "../suite";

faultSuite(
  "bad input of 41 kinds to every node",
  { quick: 1, full: 25 },
  sendBadInput,
);
