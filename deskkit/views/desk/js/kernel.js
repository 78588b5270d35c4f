// The kernel behind a page as its views see it: what is sent there, for how long it has been silent, whether it ended.

const STALE_MS = 6_000; // a beat comes every two seconds, while a desk is shown
const DEAD_MS = 10_000; // after which a hello that nobody answered means that the kernel is gone

// A moment and how long ago it was. A machine that sleeps stops the one clock and not the other; the one that is ahead
// tells, for what is shown is at least as old.
class Instant {
  constructor() {
    [this.awake, this.wall] = [performance.now(), Date.now()];
  }

  age() {
    return Math.max(performance.now() - this.awake, Date.now() - this.wall);
  }
}

// What one view hears tells all of them that the kernel is there: the desk is told every two seconds, a board only what is
// new. Each view is a module of its own, so what they share lies with the page, by whose widgets they are and by the run of
// the kernel: where another window restarted it, that window's new views are made here too, unseen.
const PULSES = (globalThis[Symbol.for("deskkit pulses")] ??= new WeakMap());

function pulsesOf(model) {
  const of = model.widget_manager ?? model;
  if (!PULSES.has(of)) PULSES.set(of, new Map());
  return PULSES.get(of);
}

class Kernel {
  // `changed` is told that the kernel ended, or is back.
  constructor(model, changed) {
    this.runs = pulsesOf(model);
    const run = model.get?.("run");
    if (!this.runs.has(run)) this.runs.set(run, { heard: new Instant(), beats: false, unanswered: null, isOver: false });
    this.pulse = this.runs.get(run);
    this.model = model;
    this.changed = changed;
    this.real = model.set?.({}); // the model of which anywidget shows a face: setting returns it
    this.isRefused = false; // whether what was sent last did not even go out
    this.real?.on?.("comm_live_update", changed);
  }

  end() {
    this.real?.off?.("comm_live_update", this.changed);
  }

  // Whether it went out. Where the kernel is gone the page says so by itself.
  send(message) {
    if (this.isOver) return false;
    try {
      this.model.send(message);
      this.isRefused = false;
    } catch (error) {
      if (!this.isRefused) console.warn("deskkit: the kernel cannot be reached", error);
      this.isRefused = true;
      this.changed();
    }
    return !this.isRefused;
  }

  // Something came; from a desk, which is told every two seconds that the kernel is there, one may expect more.
  hear({ beats = this.pulse.beats } = {}) {
    Object.assign(this.pulse, { heard: new Instant(), beats });
    for (const other of this.runs.values()) other.isOver ||= other !== this.pulse && !this.pulse.isOver;
  }

  // The desk is shown no more: silence means nothing then.
  rest() {
    Object.assign(this.pulse, { beats: false, unanswered: null });
  }

  // Everything was asked for, and it came.
  asked() {
    this.pulse.unanswered ??= performance.now();
  }

  answered() {
    this.pulse.unanswered = null;
  }

  // Whether its view, or the notebook that showed it, was closed: the kernel of such a notebook may live on.
  get isClosed() {
    return this.real?._closed === true || this.real?.comm?.jsServicesComm?.isDisposed === true;
  }

  // JupyterLab knows at once of a restart in its own window; of one in another, what the next run says tells.
  get isOver() {
    return this.real?.comm_live === false || this.pulse.isOver;
  }

  // Whether it ended under this page, long before silence tells.
  get isLost() {
    return this.isOver || this.isRefused;
  }

  // How old what is shown is, where that is too old; else 0.
  staleFor() {
    const age = this.pulse.heard.age();
    if (this.isLost) return Math.max(age, 1);
    return this.pulse.beats && age > STALE_MS ? age : 0;
  }

  isDead() {
    const { unanswered } = this.pulse;
    return this.isLost || (unanswered !== null && performance.now() - unanswered > DEAD_MS);
  }

  // What is to be said of it, in words that came from there: a view that nobody looked at yet has none, and takes another's.
  told(own) {
    const has = own("restart") !== "";
    if (has) this.pulse.say = own; // of the language spoken last
    const say = has ? own : (this.pulse.say ?? own);
    const age = this.staleFor();
    return [age > 0 ? say("stale", { age: ageText(age, say) }) : "", this.isDead() ? say("restart") : ""];
  }
}

// What warns of an old state, above it: how old it is, and what to press. What stands beside it is dimmed.
class Banner {
  constructor(kernel, say) {
    this.kernel = kernel;
    this.say = say;
    this.text = el("span", null);
    this.el = el("div", { class: "dk-banner", role: "alert", hidden: true }, picture("clock"), this.text);
  }

  // `further`: what else there is to warn of.
  tick(further = []) {
    const [stale, restart] = this.kernel.told(this.say);
    const text = [stale, ...further, restart].join(" ").trim();
    this.el.hidden = text === "";
    this.el.parentNode?.classList.toggle("dk-stale", this.kernel.staleFor() > 0);
    write(this.text, text);
  }
}
