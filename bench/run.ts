import { appendCases } from "./append";
import { deltaCases } from "./delta";
import { duplexCases } from "./duplex";
import { runAlone } from "./report";

void runAlone([...appendCases, ...deltaCases, ...duplexCases]);
