import { appendCases } from "./append";
import { printConversions } from "./convert";
import { deltaCases } from "./delta";
import { duplexCases } from "./duplex";
import { runAlone } from "./report";

void runAlone([...appendCases, ...deltaCases, ...duplexCases]).then(
  printConversions,
);
