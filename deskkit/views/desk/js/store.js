// What the kernel last said: one snapshot, then numbered differences. Knows no element.

const EMPTY_ROW = {
  n: "", l: 1, s: "", g: "", a: "", ct: [], iq: [], lb: [], u: 0, w: null, t: 0, tl: false, y: "", x: "", fl: false, z: 16,
  cl: null, dr: [], on: null,
};
const EMPTY_PAGE = {
  n: "", l: 1, s: "", w: null, t: 0, cl: null, why: [], chips: [], recap: [], lines: [], more: false, card: [], earlier: [], tags: [],
  helpers: [], misfits: {}, may: [], hand: -1, pin: [], drafting: [], told: "", quick: [], to: null,
  blanks: {}, on: null,
};
const EMPTY_CHOICES = { groups: [], agents: [], levels: [], stages: [], facets: [], groupings: [], quick: [], snoozes: [] };
const AGAIN_MS = 1_000; // between two hellos

// A field that is null is as one that is not there: what it is then.
function filled(fields, defaults) {
  const made = { ...defaults };
  for (const [key, value] of Object.entries(fields)) if (value !== null) made[key] = value;
  return made;
}

// The rows of a snapshot come as a table: what many of them say stands once, in `shared`.
const SHARED = ["s", "g", "a", "y", "ct", "iq", "lb"];

function unpacked({ fields, shared, cells }, order) {
  const value = (field, cell) => (SHARED.includes(field) && typeof cell === "number" ? shared[cell] : cell);
  const row = (line) => filled(Object.fromEntries(line.map((cell, at) => [fields[at], value(fields[at], cell)])), EMPTY_ROW);
  return new Map(order.map((id, at) => [id, row(cells[at])]));
}

function splice(list, [from, removed, added]) {
  return [...list.slice(0, from), ...added, ...list.slice(from + removed)];
}

class Store {
  constructor(model) {
    this.model = model;
    this.kernel = new Kernel(model, () => this.tell({ tick: true }));
    this.epoch = null;
    this.seq = 0;
    this.language = "en";
    this.isAsked = false; // whether somebody asked for that language
    this.me = "";
    this.own = false; // whether one begins with one's own conversations
    this.leaves = false; // whether somebody else may sit down here
    this.key = null;
    this.was = "";
    this.labels = new Map();
    this.head = { title: "", parts: [], warn: "" };
    this.choices = EMPTY_CHOICES;
    this.rows = new Map();
    this.order = [];
    this.pages = new Map();
    this.foot = [];
    this.undo = [];
    this.clock = { at: 0, speed: 0, received: new Instant() };
    this.asked = -Infinity; // when the kernel was last asked for everything
    this.listeners = new Set();
  }

  // ---------------------------------------------------------------- time

  now() {
    return this.clock.at + this.clock.speed * this.clock.received.age();
  }

  // ---------------------------------------------------------------- words

  say(key, values) {
    return fill(this.labels.get(key) ?? "", values || {});
  }

  // Say at the foot what only this page knows, until the desk has something to say there.
  tellHere(key) {
    this.foot = [{ about: "", text: this.say(key) }];
    this.tell({ foot: true });
  }

  has(key) {
    return this.labels.has(key);
  }

  textOf(list, key) {
    return this.choices[list].find((one) => one.k === key)?.text ?? String(key);
  }

  // The number of the last line that a page shows, -1 where it has none; null where there is no page yet.
  lastLine(id) {
    const page = this.pages.get(id);
    const last = page?.lines.findLast((one) => /^\d+$/.test(one.id));
    return page ? Number(last?.id ?? -1) : null;
  }

  // ---------------------------------------------------------------- to the kernel

  send(message) {
    return this.kernel.send(message);
  }

  hello({ isNow = false } = {}) {
    const now = performance.now();
    if (!isNow && now - this.asked < AGAIN_MS) return;
    this.asked = now;
    this.kernel.asked();
    this.send({ type: "hello", epoch: this.epoch, seq: this.seq });
  }

  // ---------------------------------------------------------------- from the kernel

  listen(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  tell(change) {
    for (const listener of [...this.listeners]) listener(change);
  }

  receive(message) {
    this.kernel.hear({ beats: true });
    if (typeof message.at === "number") {
      this.clock = { at: message.at, speed: message.speed ?? 1, received: this.kernel.pulse.heard };
    }
    switch (message.type) {
      case "snapshot": return this.takeSnapshot(message);
      case "patch": return this.takePatch(message);
      case "beat": return this.takeBeat(message);
      case "found": return this.tell({ found: message });
      case "rows": return this.tell({ refound: message });
      case "whom": return this.tell({ whom: message });
      case "answer": return this.takeAnswer(message);
      case "open": return this.tell({ open: message });
      case "anybody": return this.tell({ anybody: true });
      case "file": return this.tell({ file: message });
      default: return undefined;
    }
  }

  takeBeat(message) {
    if (message.epoch !== this.epoch || message.seq !== this.seq) this.hello();
    this.tell({ beat: true });
  }

  takeAnswer(message) {
    if (message.foot?.length) this.foot = message.foot;
    this.tell({ answer: message, foot: true });
  }

  takeSnapshot(message) {
    this.kernel.answered();
    const isNew = message.epoch !== this.epoch;
    this.epoch = message.epoch;
    this.seq = message.seq;
    this.labels = new Map(Object.entries(message.labels ?? {}));
    this.language = message.language ?? "en";
    this.isAsked = message.asked === true;
    this.me = message.me ?? "";
    this.own = message.own === true;
    this.leaves = message.leaves === true;
    this.key = message.key ?? "";
    this.was = message.was ?? ""; // the key while the log was empty
    this.head = { title: "", parts: [], warn: "", ...message.head };
    this.choices = { ...EMPTY_CHOICES, ...message.choices };
    this.order = message.order ?? [];
    this.rows = unpacked(message.rows, this.order);
    this.pages = new Map(Object.entries(message.pages ?? {}).map(([id, page]) => [id, filled(page, EMPTY_PAGE)]));
    this.foot = message.foot ?? [];
    this.undo = message.undo ?? [];
    this.tell({ all: true, epoch: isNew });
  }

  takePatch(message) {
    if (message.epoch !== this.epoch || message.seq !== this.seq + 1) {
      if (message.epoch !== this.epoch || message.seq > this.seq) this.hello(); // an older one is known already
      return;
    }
    this.seq = message.seq;
    const change = { rows: new Set(), pages: new Set() };
    for (const part of ["foot", "undo"]) {
      if (message[part]) [this[part], change[part]] = [message[part], true];
    }
    if (message.head) [this.head, change.head] = [{ title: "", parts: [], warn: "", ...message.head }, true];
    if (message.choices) [this.choices, change.choices] = [{ ...this.choices, ...message.choices }, true];
    this.patchRows(message, change);
    for (const [id, sections] of Object.entries(message.pages ?? {})) this.patchPage(id, sections, change);
    this.tell(change);
  }

  patchRows(message, change) {
    for (const [id, fields] of Object.entries(message.rows ?? {})) {
      const row = { ...(this.rows.get(id) ?? EMPTY_ROW) };
      for (const [key, value] of Object.entries(fields)) row[key] = value === null ? EMPTY_ROW[key] : value;
      this.rows.set(id, row);
      change.rows.add(id);
    }
    for (const id of message.gone ?? []) {
      this.rows.delete(id);
      change.order = true;
    }
    if (message.order) {
      this.order = message.order.reduce(splice, this.order);
      change.order = true;
    }
  }

  patchPage(id, sections, change) {
    const page = { ...(this.pages.get(id) ?? EMPTY_PAGE) };
    for (const [key, value] of Object.entries(sections)) {
      const isSplice = key === "lines" && value?.length === 3 && Number.isInteger(value[0]);
      if (isSplice) page.lines = splice(page.lines, value);
      else page[key] = value === null && key in EMPTY_PAGE ? EMPTY_PAGE[key] : value;
    }
    this.pages.set(id, page);
    change.pages.add(id);
  }
}
