import { LivePanel } from "./editor/live-panel";
import type { Translate } from "./editor/validate";

const TAB = "voice-live-sessions";
const CATALOG = "@voicewire/node-red-voice-live/voice-live-sessions";

RED.plugins.registerPlugin("voice-live-sessions", {
  onadd() {
    const t: Translate = (key, values) => RED._(`${CATALOG}:${key}`, values);
    const panel = new LivePanel(t);
    RED.actions.add("voice-live:show-sessions", () => RED.sidebar.show(TAB));
    RED.sidebar.addTab({
      id: TAB,
      name: t("voice-live-sessions.label.title"),
      label: t("voice-live-sessions.label.tab"),
      iconClass: "fa fa-comments-o",
      content: panel.element,
      enableOnEdit: true,
      action: "voice-live:show-sessions",
    });
  },
});
