// What is heard. The level says how high, the event adds a figure of its own; who prefers a file of their own gives one.

const PITCHES = [[440], [660], [880, 1100], [1320, 990, 1320]];
const FIGURES = { message: [], assignment: [1.5], waiting: [1, 1], neglected: [0.75], digest: [] }; // of the last note
const NOTE_S = 0.16;
const RAMP_S = 0.01; // without it every note begins and ends with a click
const LOUDEST = 0.35;

function notesOf(level, event) {
  const notes = PITCHES[level] ?? PITCHES[1];
  return [...notes, ...(FIGURES[event] ?? []).map((factor) => notes.at(-1) * factor)];
}

class Sound {
  constructor() {
    this.context = null;
    this.until = 0;
    this.level = -1;
  }

  // The browser plays nothing before the first gesture on the page, and says so by the state.
  get state() {
    if (typeof AudioContext === "undefined") return "unsupported";
    this.context ??= new AudioContext();
    return this.context.state === "running" ? "running" : "blocked";
  }

  async unlock() {
    if (this.state === "blocked") await Promise.race([this.context.resume().catch(() => {}), new Promise((go) => setTimeout(go, 300))]);
    return this.state;
  }

  // Play a file, else the notes; volume 0 to 1. What came of it: played, merged, blocked or unsupported.
  async play({ level, event, volume, file }) {
    const state = await this.unlock();
    if (state !== "running") return state;
    if (performance.now() < this.until && level <= this.level) return "merged"; // one just as loud is heard already
    const gain = this.context.createGain();
    gain.connect(this.context.destination);
    const buffer = file ? await this.context.decodeAudioData(file.slice(0)).catch(() => null) : null;
    const seconds = buffer ? this.playFile(buffer, gain, volume) : this.playNotes(notesOf(level, event), gain, volume);
    [this.until, this.level] = [performance.now() + Math.min(seconds, 3) * 1_000, level];
    return "played";
  }

  playFile(buffer, gain, volume) {
    const source = this.context.createBufferSource();
    source.buffer = buffer;
    gain.gain.value = volume;
    source.connect(gain);
    source.start();
    return buffer.duration;
  }

  playNotes(notes, gain, volume) {
    const begin = this.context.currentTime + RAMP_S;
    gain.gain.value = 0;
    notes.forEach((pitch, place) => {
      const [from, to] = [begin + place * NOTE_S, begin + (place + 1) * NOTE_S];
      const note = this.context.createOscillator();
      note.frequency.value = pitch;
      note.connect(gain);
      gain.gain.setValueAtTime(0, from);
      gain.gain.linearRampToValueAtTime(volume * LOUDEST, from + RAMP_S);
      gain.gain.setValueAtTime(volume * LOUDEST, to - RAMP_S);
      gain.gain.linearRampToValueAtTime(0, to);
      note.start(from);
      note.stop(to);
    });
    return notes.length * NOTE_S;
  }
}
