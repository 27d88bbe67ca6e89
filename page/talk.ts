import type {
  NodeMessage,
  PageState,
  Welcome,
} from "../lib/talk/page-protocol";
import type { Played } from "./audio/jitter-buffer";
import { Connection, type Phase, type Socket } from "./model/connection";
import { Conversation, type Entry } from "./model/conversation";
import { takeTicket } from "./model/fragment";
import { chooseLanguage } from "./model/language";
import type { MicrophoneFault } from "./model/microphone-fault";
import type { Preferences } from "./model/preferences";
import type { StopReason } from "./model/reconnect";
import { Streams } from "./model/streams";
import { TalkButton } from "./model/talk-button";
import { Sound } from "./sound/sound";
import { Banner } from "./view/banner";
import { byId, setText } from "./view/dom";
import { watchKeys } from "./view/keys";
import { SecretView } from "./view/secret-view";
import { SettingsView } from "./view/settings-view";
import { Texts } from "./view/texts";
import { latencyText, TranscriptView } from "./view/transcript-view";
import { WaveView } from "./view/wave-view";

/** These are cured by the page as the server has it today; the others by trying again. */
const RELOAD: readonly StopReason[] = ["outdated", "malformed"];

/** The page: one conversation, its sound and what is shown of it. */
export class Talk {
  readonly #texts = new Texts();
  readonly #streams = new Streams();
  readonly #button = new TalkButton();
  readonly #settings: SettingsView;
  readonly #transcript: TranscriptView;
  readonly #secret: SecretView;
  readonly #banner: Banner;
  readonly #wave: WaveView;
  readonly #connection: Connection;
  #conversation = new Conversation();
  #sound: Sound | undefined;
  #state: PageState = "idle";
  #phase: Phase = { kind: "left" };
  #fault: MicrophoneFault | undefined;
  #isRecorded = false;
  /** What was typed waits until the user, or what is taken for the user, is quiet. */
  #isTextWaiting = false;
  #toldDropped = 0;

  constructor() {
    this.#settings = new SettingsView({
      texts: this.#texts,
      hasSpeakerChoice: Sound.hasSpeakerChoice,
      onChange: (changed) => void this.#changed(changed),
    });
    this.#transcript = new TranscriptView(this.#texts);
    this.#banner = new Banner();
    this.#wave = new WaveView(
      () => this.#sound?.levels ?? { user: 0, assistant: 0 },
    );
    this.#secret = new SecretView({
      onEntered: (secret) => this.#connection.start(secret),
      onCancelled: () => void this.#leave(),
    });
    this.#connection = this.#createConnection();
    this.#listen();
  }

  async begin(): Promise<void> {
    const { language } = this.#settings.chosen;
    await this.#texts.load(language ?? chooseLanguage(navigator.languages));
    this.#settings.show();
    this.#show();
  }

  #createConnection(): Connection {
    const { ticket, rest } = takeTicket(location.hash);
    if (ticket !== undefined)
      history.replaceState(
        null,
        "",
        location.pathname + location.search + rest,
      );
    return new Connection({
      connect: () => new WebSocket(socketUrl()) as unknown as Socket,
      language: () => this.#texts.language,
      secret: ticket,
      now: () => performance.now(),
      random: Math.random,
      onPhase: (phase) => this.#setPhase(phase),
      onWelcome: (welcome) => this.#welcomed(welcome),
      onMessage: (message) => this.#take(message),
      onAudio: (stream, pcm) => this.#takeAudio(stream, pcm),
    });
  }

  #listen(): void {
    const on = (id: string, act: () => unknown): void =>
      byId(id).addEventListener("click", () => void act());
    on("start", () => this.#start());
    on("interrupt", () => this.#interrupt());
    on("leave", () => this.#leave());
    byId("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#sendText();
    });
    const button = byId("microphone");
    // A click of the keyboard or of a screen reader has no pointer before it.
    button.addEventListener("click", () => this.#press("click"));
    button.addEventListener("pointerdown", (event) => {
      button.setPointerCapture(event.pointerId);
      this.#press("down");
    });
    for (const end of ["pointerup", "pointercancel"] as const)
      button.addEventListener(end, () => this.#press("up"));
    button.addEventListener("contextmenu", (event) => event.preventDefault());
    watchKeys({
      onTalk: (isDown) => this.#press(isDown ? "space-down" : "space-up"),
      onInterrupt: () => this.#interrupt(),
    });
    window.addEventListener("online", () => this.#connection.hurry());
    window.addEventListener("pagehide", () => this.#connection.pause());
    window.addEventListener("pageshow", ({ persisted }) => {
      if (persisted && this.#sound) this.#connection.start();
    });
  }

  /** Sound first, since it needs the click; the conversation begins when there is something to talk with. */
  async #start(): Promise<void> {
    const start = byId("start", HTMLButtonElement);
    start.disabled = true;
    try {
      this.#sound ??= await this.#openSound();
      await this.#openMicrophone();
      if (this.#settings.chosen.speaker !== "") await this.#chooseSpeaker();
      this.#conversation = new Conversation();
      this.#transcript.clear();
      this.#connection.start();
      byId("welcome").hidden = true;
      byId("talk").hidden = false;
      this.#wave.start();
      byId("microphone").focus();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#banner.show(this.#texts.get("sound.fault", { reason }));
    } finally {
      start.disabled = false;
    }
  }

  async #leave(): Promise<void> {
    const sound = this.#sound;
    this.#sound = undefined;
    this.#fault = undefined;
    this.#button.reset();
    this.#connection.leave();
    this.#wave.stop();
    byId("talk").hidden = true;
    byId("welcome").hidden = false;
    byId("start").focus();
    await sound?.close();
  }

  async #again(): Promise<void> {
    await this.#openMicrophone();
    this.#connection.again();
  }

  async #openSound(): Promise<Sound> {
    return Sound.start({
      onFrame: (pcm) => this.#sendFrame(pcm),
      onSpeechEnd: () => this.#connection.send({ type: "audio-end" }),
      onPlayed: (report) => this.#sendPlayed(report),
      onMicrophoneLost: () => {
        this.#fault = "lost";
        this.#show();
      },
      onSuspended: (isSuspended) => {
        if (isSuspended && this.#sound) this.#resumeOnClick(this.#sound);
      },
    });
  }

  /** A call or a locked screen takes the sound away on phones; the next touch gives it back. */
  #resumeOnClick(sound: Sound): void {
    const resume = (): void => void sound.resume();
    document.addEventListener("pointerdown", resume, { once: true });
  }

  async #openMicrophone(): Promise<void> {
    this.#fault = await this.#sound?.openMicrophone(this.#settings.chosen);
    this.#show();
  }

  async #chooseSpeaker(): Promise<void> {
    try {
      await this.#sound?.setSpeaker(this.#settings.chosen.speaker);
    } catch (error) {
      // Unplugged since it was chosen: the default goes on.
      console.warn("The chosen speaker cannot be used.", error);
    }
  }

  async #changed(name: keyof Preferences): Promise<void> {
    const { chosen } = this.#settings;
    if (name === "language" && chosen.language) {
      await this.#texts.load(chosen.language);
      this.#settings.show();
    } else if (name === "mode") this.#button.setMode(chosen.mode);
    else if (name === "speaker") await this.#chooseSpeaker();
    else if (this.#sound) await this.#openMicrophone();
    this.#show();
  }

  #setPhase(phase: Phase): void {
    this.#phase = phase;
    if (phase.kind === "secret") this.#secret.ask(phase.problem);
    // Nobody listens any more: the browser must not say that somebody does.
    if (phase.kind === "stopped") this.#sound?.closeMicrophone();
    this.#show();
  }

  #welcomed({
    title,
    inputRate,
    chunkMs,
    resumed,
    isSimulated = false,
  }: Welcome): void {
    byId("simulated").hidden = !isSimulated;
    if (title !== "") {
      setText(byId("title"), title);
      document.title = title;
    }
    this.#streams.reset();
    // Not known to the node any more, so that nobody could stop it.
    this.#sound?.play({ kind: "flush" });
    this.#sound?.configure(inputRate, chunkMs);
    this.#state = "listening";
    this.#isRecorded = false; // until the node says so
    if (!resumed && this.#conversation.entries.length > 0)
      this.#add({
        type: "notice",
        level: "warning",
        text: this.#texts.get("resume.lost"),
      });
  }

  #take(message: NodeMessage): void {
    if (message.type === "audio") {
      const stream = this.#streams.begin(message);
      if (stream !== undefined)
        this.#sound?.play({ kind: "begin", stream, rate: message.rate });
    } else if (message.type === "audio-end") {
      const stream = this.#streams.local(message.stream);
      if (stream !== undefined) this.#sound?.play({ kind: "end", stream });
    } else if (message.type === "flush") this.#flush(message.generation);
    else this.#add(message);
  }

  #takeAudio(remote: number, pcm: Int16Array<ArrayBuffer>): void {
    const stream = this.#streams.local(remote);
    if (stream !== undefined)
      this.#sound?.play({ kind: "audio", stream, pcm }, [pcm.buffer]);
  }

  #flush(generation: number): void {
    this.#streams.flush(generation);
    this.#sound?.play({ kind: "flush" });
  }

  #add(message: NodeMessage): void {
    if (message.type === "state") {
      this.#state = message.state;
      if (message.state !== "user-speaking") this.#isTextWaiting = false;
      this.#show();
    }
    if (message.type === "recorded") {
      this.#isRecorded = message.isRecorded;
      this.#showRecorded();
    }
    if (message.type === "turn")
      setText(byId("latency"), latencyText(message.latencyMs));
    this.#draw(this.#conversation.apply(message));
  }

  #draw(entries: readonly Entry[]): void {
    const oldest = this.#conversation.entries[0]?.key ?? 0;
    if (entries.length > 0) this.#transcript.show(entries, oldest);
  }

  #sendFrame(pcm: Int16Array<ArrayBuffer>): void {
    this.#connection.sendAudio(pcm);
    const { droppedFrames } = this.#connection;
    if (droppedFrames === this.#toldDropped) return;
    // Once for each time the network is behind, not for each frame.
    if (droppedFrames === this.#toldDropped + 1 && this.#toldDropped === 0)
      this.#add({
        type: "notice",
        level: "warning",
        text: this.#texts.get("network.slow"),
      });
    this.#toldDropped = droppedFrames;
  }

  #sendPlayed({ stream: local, samples, ended }: Played): void {
    const stream = this.#streams.remote(local);
    if (stream === undefined) return;
    if (ended) this.#streams.over(local);
    this.#connection.sendPlayed({ stream, samples, ended });
  }

  #sendText(): void {
    const input = byId("text", HTMLInputElement);
    const text = input.value.trim();
    if (text === "" || !this.#connection.send({ type: "text", text })) return;
    input.value = "";
    this.#draw([this.#conversation.typed(text)]);
    this.#isTextWaiting = this.#state === "user-speaking";
    this.#show();
  }

  /** What is heard stops here and now; the node ends the reply. */
  #interrupt(): void {
    if (!this.#connection.isOpen) return;
    this.#sound?.play({ kind: "flush" });
    this.#connection.send({ type: "interrupt" });
  }

  #press(how: "down" | "up" | "click" | "space-down" | "space-up"): void {
    if (!this.#sound) return;
    if (!this.#sound.hasMicrophone) {
      if (how === "click") void this.#openMicrophone();
      return;
    }
    const wasOpen = this.#button.isOpen;
    this.#button.press(how);
    const hasBegun = !wasOpen && this.#button.isOpen;
    if (hasBegun && this.#button.mode === "push" && this.#state === "speaking")
      this.#interrupt();
    this.#show();
  }

  /** Everything that depends on more than one thing. */
  #show(): void {
    const { chosen } = this.#settings;
    this.#button.setMode(chosen.mode);
    const isOpen =
      this.#phase.kind === "open" &&
      (this.#sound?.hasMicrophone ?? false) &&
      this.#button.isOpen;
    this.#sound?.talk(isOpen);
    this.#showStatus();
    this.#showRecorded();
    this.#showBanner();
    this.#showMicrophone(isOpen);
    byId("send", HTMLButtonElement).disabled = this.#phase.kind !== "open";
    byId("interrupt", HTMLButtonElement).disabled =
      this.#phase.kind !== "open" ||
      !["speaking", "thinking"].includes(this.#state);
  }

  #showStatus(): void {
    const shown: Readonly<Record<Phase["kind"], PageState>> = {
      connecting: "connecting",
      open: this.#state,
      waiting: "reconnecting",
      secret: "connecting",
      stopped: "stopped",
      left: "idle",
    };
    const state = shown[this.#phase.kind];
    byId("status-dot").dataset["state"] = state;
    setText(byId("status-text"), this.#texts.get(`state.${state}`));
  }

  /** Words that come and go, not a paragraph that does: screen readers read the one only. */
  #showRecorded(): void {
    const isShown = this.#isRecorded && this.#phase.kind === "open";
    const notice = isShown ? this.#texts.get("recorded.notice") : "";
    setText(byId("recorded"), notice);
  }

  #showBanner(): void {
    const phase = this.#phase;
    if (phase.kind === "stopped") this.#showStop(phase.reason);
    else if (phase.kind === "waiting")
      this.#banner.show(
        this.#texts.get(phase.isCrowded ? "phase.crowded" : "phase.waiting"),
      );
    else if (phase.kind === "open" && this.#state === "stopped")
      this.#banner.show(this.#texts.get("service.stopped"));
    else if (this.#fault && phase.kind !== "left")
      this.#banner.show(this.#texts.get(`microphone.${this.#fault}`), {
        text: this.#texts.get("microphone.retry"),
        act: () => void this.#openMicrophone(),
      });
    else this.#banner.hide();
  }

  #showStop(reason: StopReason): void {
    const text = this.#texts.get(`stop.${reason}`);
    const action = RELOAD.includes(reason)
      ? {
          text: this.#texts.get("stop.reload"),
          act: (): void => location.reload(),
        }
      : {
          text: this.#texts.get(
            reason === "ended" ? "start.begin" : "stop.retry",
          ),
          act: (): void => void this.#again(),
        };
    this.#banner.show(text, action);
  }

  #showMicrophone(isOpen: boolean): void {
    const button = byId("microphone");
    const { mode, isMuted } = this.#button;
    const hasMicrophone = this.#sound?.hasMicrophone ?? false;
    const isSlashed = !hasMicrophone || (mode === "hands-free" && isMuted);
    button.classList.toggle("closed", !isOpen);
    button.classList.toggle("muted", isSlashed);
    const label = this.#texts.get(
      mode === "push"
        ? "microphone.hold"
        : isMuted
          ? "microphone.unmute"
          : "microphone.mute",
    );
    button.setAttribute("aria-label", label);
    button.title = label;
    if (mode === "push") button.setAttribute("aria-pressed", String(isOpen));
    else button.removeAttribute("aria-pressed");
    setText(byId("hint"), this.#hint());
  }

  /** What the user may do now; nothing where nobody would hear it. */
  #hint(): string {
    if (this.#phase.kind !== "open" || this.#state === "stopped") return "";
    const { mode, isMuted } = this.#button;
    if (!this.#sound?.hasMicrophone)
      return this.#texts.get("hint.noMicrophone");
    if (this.#isTextWaiting) return this.#texts.get("hint.waits");
    if (mode === "push") return this.#texts.get("hint.push");
    return this.#texts.get(isMuted ? "hint.muted" : "hint.handsFree");
  }
}

/** Beside the page, whatever path a proxy gives it. */
function socketUrl(): string {
  const url = new URL("socket", document.baseURI);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  url.hash = "";
  return url.href;
}
