// A kernel that is none: it answers the desk's browser half as the protocol says, from what the test gave it.

class FakeKernel {
  constructor(world) {
    Object.assign(this, structuredClone(world));
    this.seq = 0;
    this.speed = 1;
    this.received = performance.now();
    this.sent = []; // what the browser sent
    this.listeners = [];
    this.manner = "ok"; // of the answers to acts: ok, ask, refuse, silent
    this.isAlive = true;
    this.watched = new Set();
    this.undo ??= [];
    this.address = { url: "https://files.example/lamp.jpg?sig=1", host: "files.example" };
    this.real = { comm_live: true, on: (_name, listener) => (this.lived = listener), off: () => {} }; // as JupyterLab has it
    this.model = {
      set: () => this.real,
      send: (message) => this.hear(structuredClone(message)),
      on: (name, listener) => name === "msg:custom" && this.listeners.push(listener),
      off: () => {},
      get: (key) => (key === "tabs" && globalThis.around ? "tabs" : undefined),
      widget_manager: { get_model: async () => globalThis.around },
    };
  }

  live(isLive) {
    this.real.comm_live = isLive;
    this.lived();
  }

  now() {
    return this.at + this.speed * (performance.now() - this.received);
  }

  // Messages cross a wire: nothing is shared, and nothing comes at once.
  emit(message, { isNow = false } = {}) {
    const text = JSON.stringify({ epoch: this.epoch, seq: this.seq, at: this.now(), speed: this.speed, ...message });
    const deliver = () => this.listeners.forEach((listener) => listener(JSON.parse(text)));
    if (isNow) deliver();
    else setTimeout(deliver, 0);
  }

  hear(message) {
    this.sent.push(message);
    if (!this.isAlive) return;
    if (message.type === "hello") this.snapshot();
    if (message.type === "language") Object.assign(this, { language: message.language, asked: true });
    if (message.type === "language") this.snapshot();
    if (message.type === "watch") this.watch(message.open);
    if (message.type === "search") this.search(message);
    if (message.type === "act") this.act(message);
    if (message.type === "file") this.emit({ ...message, ...this.address });
  }

  snapshot() {
    this.seq += 1;
    const { order, head, choices, undo, me, own, key, was, language, asked } = this;
    const pages = Object.fromEntries([...this.watched].filter((id) => this.pages[id]).map((id) => [id, this.pages[id]]));
    const fields = [...new Set(order.flatMap((id) => Object.keys(this.rows[id])))];
    const cells = order.map((id) => fields.map((field) => this.rows[id][field] ?? null));
    this.emit({ type: "snapshot", rows: { fields, shared: [], cells }, order, head, choices, undo, me, own, key, was, language, asked, pages, labels: this.words[language], foot: [] });
  }

  patch(parts, options) {
    this.seq += 1;
    this.emit({ type: "patch", ...parts }, options);
  }

  beat() {
    this.emit({ type: "beat" });
  }

  watch(open) {
    const fresh = open.filter((id) => !this.watched.has(id) && this.pages[id]);
    this.watched = new Set(open);
    if (fresh.length) this.patch({ pages: Object.fromEntries(fresh.map((id) => [id, this.pages[id]])) });
  }

  search({ ask, query, page }) {
    const ids = this.order.filter((id) => JSON.stringify(this.rows[id]).includes(query)).slice(0, 200);
    const rows = Object.fromEntries(ids.map((id) => [id, this.rows[id]]));
    const hits = Object.fromEntries(ids.map((id) => [id, [{ k: this.rows[id].n, x: [[this.rows[id].x ?? "", false], [query, true]] }]]));
    this.emit({ type: "found", page, ask, query, total: ids.length, ids, rows, hits, text: `${ids.length}: ${query}` });
  }

  act({ act, deed }) {
    const answers = {
      ok: { ok: true, foot: [{ about: "Zhang Wei", text: deed.do }] },
      ask: { ok: Boolean(deed.sure), foot: [], ask: deed.sure ? null : { text: "The text names Li Na.", confirm: null } },
      refuse: { ok: false, foot: [{ about: "", text: "This cannot be done now." }] },
    };
    if (answers[this.manner]) this.emit({ type: "answer", act, ...answers[this.manner] });
  }
}

// Let time pass at once, for what is counted from a moment; timers do not know of it.
let passed = 0;
const now = performance.now.bind(performance);
performance.now = () => now() + passed;
globalThis.pass = (ms) => (passed += ms);

const world = await (await fetch("/world.json")).json();
const { default: widget } = await import("/desk.js");
globalThis.kernel = new FakeKernel(world);
if (sessionStorage.manner) kernel.manner = sessionStorage.manner;
const { model } = kernel;
const made = widget();
made.initialize({ model });
const painted = performance.now();
globalThis.draw = () => (globalThis.undraw = made.render({ model, el: document.getElementById("desk") }));
draw();
new MutationObserver((_all, observer) => {
  if (!document.querySelector(".dk-item")) return;
  observer.disconnect();
  requestAnimationFrame(() => setTimeout(() => (globalThis.firstPaint = performance.now() - painted), 0));
}).observe(document.getElementById("desk"), { childList: true, subtree: true });
globalThis.beats = setInterval(() => kernel.isAlive && kernel.beat(), 500);
