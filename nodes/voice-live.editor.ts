// In the order of the palette.
import "./voice-live-resource.editor";
import "./voice-live-session.editor";
import "./voice-live-audio-in.editor";
import "./voice-live-audio-out.editor";
import "./voice-live-transcript.editor";
import "./voice-live-function.editor";
import "./voice-live-function-result.editor";
import "./voice-live-interrupt.editor";
import "./voice-live-message.editor";
import "./voice-live-control.editor";
import "./voice-live-event.editor";
import "./voice-live-convert.editor";
import "./voice-live-played.editor";
import "./voice-live-microphone.editor";
import "./voice-live-speaker.editor";
import "./voice-live-record.editor";
import "./voice-live-talk.editor";
