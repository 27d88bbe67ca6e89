export {
  HubWatch,
  LEASE_MS,
  type ConversationView,
  type LinesView,
} from "./hub-watch";
export type { SpokenLine } from "./spoken-lines";
