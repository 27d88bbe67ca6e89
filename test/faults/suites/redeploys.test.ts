import { redeploy } from "../redeploys";
import { faultSuite } from "../suite";

faultSuite(
  "redeploys in the middle of talks",
  { quick: 10, full: 200 },
  redeploy,
);
