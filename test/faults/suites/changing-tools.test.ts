import { changeTools } from "../changing-tools";
import { faultSuite } from "../suite";

faultSuite("deploys of other functions", { quick: 10, full: 40 }, changeTools);
