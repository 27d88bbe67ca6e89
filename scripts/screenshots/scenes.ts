import type { PageScene, Scene } from "./scene";
import {
  resourceDialogs,
  sessionDialogs,
  voiceList,
  wrongValues,
} from "./scenes/config-nodes";
import { demoFlow, liveConversations } from "./scenes/editor";
import { functionViews, nodeDialogs } from "./scenes/nodes";
import { talkPage, talkPageOnAPhone } from "./scenes/talk-page";

/** Every picture that `npm run screenshots` takes. */
export const SCENES: readonly (Scene | PageScene)[] = [
  demoFlow,
  liveConversations,
  talkPage,
  talkPageOnAPhone,
  ...nodeDialogs,
  ...functionViews,
  ...resourceDialogs,
  ...sessionDialogs,
  voiceList,
  wrongValues,
];
