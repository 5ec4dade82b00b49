export type Tone = "good" | "wait" | "bad";

const stored = "switchyard.prep.sound";
export const isSoundOn = (): boolean => localStorage.getItem(stored) !== "off";
export const setSoundOn = (on: boolean): void => localStorage.setItem(stored, on ? "on" : "off");

/** Notes as [hertz, begins at second, lasts seconds]. Chords tire less than beeps, and the three can be told apart without looking: up, level, down. */
const notes: Readonly<Record<Tone, { shape: OscillatorType; notes: readonly (readonly [number, number, number])[] }>> =
  {
    good: {
      shape: "triangle",
      notes: [
        [523, 0, 0.12],
        [659, 0.07, 0.14],
        [784, 0.14, 0.22],
      ],
    },
    wait: {
      shape: "sine",
      notes: [
        [440, 0, 0.16],
        [440, 0.22, 0.2],
      ],
    },
    bad: {
      shape: "sawtooth",
      notes: [
        [196, 0, 0.22],
        [139, 0.2, 0.45],
      ],
    },
  };

let context: AudioContext | null = null;

/** Silent where the browser has no sound, or has not been touched yet. */
export function play(tone: Tone): void {
  if (!isSoundOn() || typeof AudioContext === "undefined") return;
  context ??= new AudioContext();
  void context.resume();
  const { shape, notes: played } = notes[tone];
  for (const [hertz, begins, lasts] of played) {
    const at = context.currentTime + begins;
    const oscillator = context.createOscillator();
    const loudness = context.createGain();
    oscillator.type = shape;
    oscillator.frequency.value = hertz;
    loudness.gain.setValueAtTime(0.0001, at);
    loudness.gain.exponentialRampToValueAtTime(0.25, at + 0.02);
    loudness.gain.exponentialRampToValueAtTime(0.0001, at + lasts);
    oscillator.connect(loudness).connect(context.destination);
    oscillator.start(at);
    oscillator.stop(at + lasts + 0.02);
  }
}
