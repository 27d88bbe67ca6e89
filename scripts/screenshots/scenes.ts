import type { Scene } from "./scene";
import {
  resourceDialogs,
  sessionDialogs,
  voiceList,
  wrongValues,
} from "./scenes/config-nodes";
import { demoFlow, liveConversations } from "./scenes/editor";
import { functionViews, nodeDialogs } from "./scenes/nodes";

/** Every picture that `npm run screenshots` takes. */
export const SCENES: readonly Scene[] = [
  demoFlow,
  liveConversations,
  ...nodeDialogs,
  ...functionViews,
  ...resourceDialogs,
  ...sessionDialogs,
  voiceList,
  wrongValues,
];
