// What a page has once, by log and person: what stands there, what was chosen, its voice. It outlives the bell that showed
// it, as after a restart of the kernel. Two notebooks of a page may show the same log: both bring each notice, one tells it.

const STANDING = (globalThis[Symbol.for("deskkit standing")] ??= new Map());
const MOST_TOLD = 500;
const LOOK_MS = 1_000; // JupyterLab tells nobody that a notebook was closed

class Standing {
  constructor(key) {
    this.mine = new Mine(key, () => { for (const bell of this.bells) bell.chosen(); });
    this.voice = new Voice(key);
    this.toasts = new Set();
    this.desktops = new Map(); // by conversation
    this.bells = new Set(); // the one that began last comes last
    this.told = new Map(); // by notice: the bells that brought it, and the one that tells
    setInterval(() => this.look(), LOOK_MS);
  }

  static of(key) {
    if (!STANDING.has(key)) STANDING.set(key, new Standing(key));
    return STANDING.get(key);
  }

  begin(bell) {
    this.bells.delete(bell);
    this.bells.add(bell);
    this.look();
  }

  // Where no desk is left that could say anything, another page is heard.
  look() {
    this.voice.want(this.there.length > 0);
    for (const bell of this.bells) if (bell.kernel.isClosed) this.bells.delete(bell);
  }

  get there() {
    return [...this.bells].filter((bell) => !bell.isOver);
  }

  isDrawnBeside(bell) {
    return [...this.bells].some((one) => one.wasDrawn && one.kernel.runs === bell.kernel.runs && !one.isOver);
  }

  // Whether it is for this bell to tell of a notice: the first that brings it does, of those that are still there if there
  // are any, since each of them brings it too. A test is its own.
  tells(bell, { n, notice }) {
    if (!n) return true;
    if (!this.told.has(notice)) this.told.set(notice, { by: new Set(), teller: null });
    if (this.told.size > MOST_TOLD) this.told.delete(this.told.keys().next().value);
    const one = this.told.get(notice);
    one.by.add(bell);
    if (!bell.isOver || this.there.length === 0) one.teller ??= bell;
    return one.teller === bell;
  }

  // Whether a bell can say that what it does not name is over: it knows of that notice, or none that does is there.
  ends(bell, notice) {
    const by = [...(this.told.get(notice)?.by ?? [])];
    return by.includes(bell) || by.every((one) => one.isOver);
  }

  // What is chosen opens where one sees it; of several desks in sight, and where none is, in the one that began last.
  open(id) {
    const bell = this.there.findLast((one) => one.isInSight) ?? this.there.at(-1);
    return bell?.kernel.send({ type: "open", id, page: pageName() }) ?? false;
  }
}
