import { forgetConversations } from "../forgotten-conversations";
import { faultSuite } from "../suite";

faultSuite(
  "conversations that are over and forgotten",
  { quick: 100, full: 1_000 },
  forgetConversations,
);
