/** What a line of the table may be at most. */
export interface Bound {
  readonly atMost: number;
  /** Where `--quick` measures it: with room for the noise of a machine that does other things at the same time. */
  readonly quick?: number;
}

/** By the names of outcomes. Only what is here is judged; the rest is told. */
export const BOUNDS: Readonly<Record<string, Bound>> = {
  "500 sessions, often: voicewire 20 ms ÷ net 20 ms": { atMost: 1.3 },
  "500 sessions: voicewire 20 ms ÷ ws + JSON 20 ms": { atMost: 0.75 },
  "500 sessions: voicewire 20 ms ÷ @azure/ai-voicelive 20 ms": {
    atMost: 0.55,
  },
  "500 sessions: voicewire 40 ms ÷ @azure/ai-voicelive 20 ms": {
    atMost: 0.4,
  },
  "1000 sessions: voicewire 40 ms, latest frame": { atMost: 250 },
  "50 sessions: voicewire 20 ms ÷ ws + JSON 20 ms": { atMost: 0.85, quick: 1 },
  "50 sessions: voicewire 20 ms ÷ @azure/ai-voicelive 20 ms": {
    atMost: 0.65,
    quick: 0.8,
  },
  "50 sessions: voicewire 40 ms ÷ @azure/ai-voicelive 20 ms": {
    atMost: 0.45,
    quick: 0.6,
  },
  "codec: append of 20 ms ÷ JSON": { atMost: 0.5, quick: 0.6 },
  "codec: append of 40 ms ÷ JSON": { atMost: 0.5, quick: 0.6 },
  "codec: append of 100 ms ÷ JSON": { atMost: 0.5, quick: 0.6 },
  "codec: delta of 20 ms ÷ JSON": { atMost: 1.2, quick: 1.8 },
  "codec: delta of 100 ms ÷ JSON": { atMost: 0.7, quick: 1 },
  "codec: delta of 500 ms ÷ JSON": { atMost: 0.5, quick: 0.8 },
  "memory: a conversation of 500, above its socket": { atMost: 150 },
  "memory: a conversation of 200, above its socket": {
    atMost: 150,
    quick: 200,
  },
  "memory: left by 1000 conversations, resident": { atMost: 2 },
  "memory: left by 300 conversations, in use": { atMost: 1, quick: 2 },
  "memory: growth in an hour of talk": { atMost: 500, quick: 2_000 },
  "flow of 50: ÷ client alone": { atMost: 2 },
  "flow of 20: ÷ client alone": { atMost: 2, quick: 3 },
  "flow of 50: microphone → socket, p99": { atMost: 5 },
  "flow of 50: socket → message, p99": { atMost: 5 },
  "flow of 50: speech_started → flush, p99": { atMost: 10 },
  "flow of 100: event loop late, p99": { atMost: 25 },
  "flow of 100, paced: latest chunk": { atMost: 40 },
  "start-up: processor time of the unused package": { atMost: 30, quick: 80 },
  "start-up: memory of the unused package": { atMost: 3, quick: 6 },
};
