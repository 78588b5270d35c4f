// A board: sections of rows with what a hand can do to each. Rows stay the same elements while what is in them changes,
// so that focus and an opened choice survive.

const HELD_MS = 1_500; // so long after a hand's last move a section stays as it is, so that nothing changes under it
const CHOOSING_MS = 20_000; // and so long where a list of choices may be open

class Board {
  constructor(model) {
    this.kernel = new Kernel(model, () => this.tell());
    this.board = null;
    this.listeners = new Set();
    this.waiting = new Map(); // act -> what hears the answer
    this.clock = { at: 0, speed: 0, received: 0 };
    model.on("msg:custom", (message) => this.receive(message));
    this.kernel.send({ type: "hello" });
  }

  now() {
    return this.clock.at + this.clock.speed * (performance.now() - this.clock.received);
  }

  say(key, values) {
    return fill(this.board?.labels[key] ?? "", values || {});
  }

  tell() {
    for (const listener of [...this.listeners]) listener();
  }

  receive(message) {
    this.kernel.hear();
    if (typeof message.at === "number") this.clock = { ...message, received: performance.now() };
    if (message.type === "board") this.board = message;
    if (message.type === "answer" || message.type === "offered") {
      this.waiting.get(message.act)?.(message);
      this.waiting.delete(message.act);
    }
    this.tell();
  }

  // What does not go out is not done, and is not done later either: nobody may believe that it was.
  act(deed, hear) {
    this.ask({ type: "act", deed }, hear);
  }

  // What can be chosen for a row is worked out when somebody is about to choose.
  offer(id, hear) {
    this.ask({ type: "offer", id }, hear);
  }

  ask(message, hear) {
    const act = newAct();
    this.waiting.set(act, hear);
    if (this.kernel.send({ ...message, act })) return;
    this.waiting.delete(act);
    hear(this.undone());
  }

  undone() {
    return { ok: false, foot: [{ about: "", text: this.say("not_done") }] };
  }
}

class BoardPage {
  // `around`: what stands around the board and is as old as it.
  constructor(board, root, around = null) {
    this.board = board;
    this.sections = new Map();
    this.body = el("div", { class: "dk-board" });
    const frame = composing(el("div", { class: "dk-board-frame", tabindex: "-1", "data-lm-suppress-shortcuts": "true", onkeydown: ownKey }, this.body));
    this.frame = frame;
    pressOnce(frame);
    this.said = new BoardSaid(this);
    root.append(frame);
    this.banner = new Banner(board.kernel, (key, values) => board.say(key, values));
    (around ?? frame).prepend(this.banner.el);
    this.hear = () => this.staying(() => this.draw());
    board.listeners.add(this.hear);
    this.ticking = setInterval(() => this.tick(), 1_000);
    this.draw();
  }

  end() {
    this.board.listeners.delete(this.hear);
    clearInterval(this.ticking);
    this.banner.el.remove();
    this.said.end();
  }

  // Whose button went with what it did stays on the board: the keys would be JupyterLab's, and the way back long. Where
  // a row went one stands at the row that is there now, at no button of it: a key held too long must not press that. So
  // does who answered a question, or undid, since.
  staying(change) {
    const wasAt = document.activeElement;
    if (!this.frame.contains(wasAt)) return change();
    const row = wasAt.closest("tr");
    if (row) this.stood = { rows: row.parentNode, place: [...row.parentNode.children].indexOf(row) };
    change();
    if (this.frame.contains(document.activeElement)) return;
    const { rows, place } = this.stood ?? {};
    const next = rows?.isConnected ? (rows.children[place] ?? rows.lastElementChild) : null;
    (next ?? this.frame).focus({ preventScroll: true });
  }

  draw() {
    const { board } = this.board;
    if (!board) return;
    if (this.language !== board.language) {
      this.said.say(); // what was said in another language
      for (const section of this.sections.values()) section.letGo();
    }
    this.language = board.language;
    const known = new Set(board.sections.map((one) => one.k));
    for (const [key, section] of this.sections) {
      if (known.has(key)) continue;
      section.root.remove();
      this.sections.delete(key);
    }
    for (const one of board.sections) {
      if (!this.sections.has(one.k)) {
        const section = new BoardSection(this);
        this.sections.set(one.k, section);
        this.body.append(section.root);
      }
      this.sections.get(one.k).draw(one);
    }
    this.said.standIn(this.sections.get(board.sections[0]?.k)?.top);
    this.tick();
  }

  tick() {
    this.banner.tick();
    for (const section of this.sections.values()) section.settle();
    this.said.settle();
    const now = this.board.now();
    for (const node of this.body.querySelectorAll("[data-since]")) {
      const [waited, target] = [now - Number(node.dataset.since), Number(node.dataset.target)];
      const left = leftText(waited, target, (key, values) => this.board.say(key, values));
      write(node, `${clockText(waited, (key, values) => this.board.say(key, values))} (${left.text})`);
      node.classList.toggle("dk-board-late", left.kind === "over");
    }
  }

  // Do something, called by whom it is about; what it says is said, a question is asked once.
  do(deed, called = "") {
    this.board.act(deed, (answer) => {
      for (const section of this.sections.values()) section.letGo(); // what came of it is to be seen
      this.answered(answer);
      if (answer.ask) this.said.ask(answer.ask, called, () => this.do({ ...deed, sure: true }, called));
    });
  }

  answered(answer) {
    this.said.answered(answer, (deed) => this.do(deed));
  }

  turn(n) {
    if (!this.board.kernel.send({ type: "turn", n })) this.answered(this.board.undone());
  }

  open(id) {
    if (!this.board.kernel.send({ type: "open", id, page: pageName() })) this.answered(this.board.undone());
  }
}

class BoardSection {
  constructor(page) {
    this.page = page;
    this.rows = new Map();
    this.title = el("h3", { class: "dk-board-title", id: serialName("section") });
    this.note = el("p", { class: "dk-board-note" });
    this.acts = el("span", { class: "dk-board-acts" });
    this.head = el("tr", { role: "row" }); // roles: drawn in lines it would be no table to a screen reader
    this.rowsBox = el("tbody", { role: "rowgroup" });
    this.empty = el("p", { class: "dk-board-empty" });
    this.table = el("table", { class: "dk-board-table", role: "table", "aria-labelledby": this.title.id }, el("thead", { role: "rowgroup" }, this.head), this.rowsBox);
    const scroll = el("div", { class: "dk-board-scroll", tabindex: "0", role: "group", "aria-labelledby": this.title.id }, this.table);
    this.scroll = scroll;
    this.top = el("div", { class: "dk-board-head" }, this.title, this.acts);
    const onhand = () => (this.handled = performance.now());
    this.root = el("section", { class: "dk-board-section", onpointermove: onhand, onkeydown: onhand }, this.top, this.note, scroll, this.empty);
    this.letGo();
  }

  letGo() {
    this.handled = -Infinity;
  }

  isHeld() {
    const since = performance.now() - this.handled;
    return since < HELD_MS || (since < CHOOSING_MS && this.page.frame.querySelector(".dk-over") !== null);
  }

  settle() {
    if (this.later && !this.isHeld()) this.drawNow(this.later);
  }

  draw(section) {
    const turns = section.begin !== this.section?.begin; // other rows were asked for
    if (this.heads && this.isHeld() && !turns) this.later = section;
    else this.drawNow(section);
  }

  drawNow(section) {
    this.later = null;
    this.section = section;
    this.root.dataset.k = section.k;
    write(this.title, section.title);
    write(this.note, section.note);
    write(this.empty, section.empty);
    this.note.hidden = !section.note;
    this.empty.hidden = section.rows.length > 0 || !section.empty;
    this.scroll.hidden = section.rows.length === 0;
    this.buttons(this.acts, section.acts ?? [], {});
    this.acting = section.rows.some((row) => row.acts.length > 0);
    const heads = JSON.stringify([section.columns, this.acting]);
    if (this.heads !== heads) {
      this.heads = heads;
      const actions = el("th", { scope: "col", role: "columnheader", class: "dk-board-acts" }, this.page.board.say("actions"));
      const named = section.columns.map((one) => el("th", { scope: "col", role: "columnheader", class: `dk-col-${one.kind}` }, one.text));
      this.head.replaceChildren(...named, ...(this.acting ? [actions] : []));
      this.rows.clear();
      this.rowsBox.replaceChildren();
    }
    const seen = new Set(section.rows.map((row) => row.id));
    for (const [id, row] of this.rows) {
      if (!seen.has(id)) {
        row.root.remove();
        this.rows.delete(id);
      }
    }
    section.rows.forEach((row, at) => this.row(row, section.columns, at));
  }

  row(row, columns, at) {
    let made = this.rows.get(row.id);
    if (!made) {
      made = { root: el("tr", { role: "row", tabindex: "-1" }), cells: columns.map(() => el("td", { role: "cell" })), acts: el("td", { role: "cell", class: "dk-board-acts" }) };
      made.root.append(...made.cells, ...(this.acting ? [made.acts] : []));
      this.rows.set(row.id, made);
    }
    if (this.rowsBox.children[at] !== made.root) {
      const focused = made.root.contains(document.activeElement) ? document.activeElement : null;
      this.rowsBox.insertBefore(made.root, this.rowsBox.children[at] ?? null);
      focused?.focus({ preventScroll: true }); // what is put elsewhere loses it
    }
    made.root.className = `dk-board-row ${row.level === undefined ? "" : `dk-lv-${row.level}`} ${row.tone ? `dk-tone-${row.tone}` : ""}`;
    columns.forEach((column, place) => this.cell(made.cells[place], column, row.cells[column.k], row));
    this.buttons(made.acts, row.acts, { ids: [row.id] });
  }

  cell(node, column, value, row) {
    const now = JSON.stringify(value);
    if (node.dataset.now === now) return;
    node.dataset.now = now;
    node.dataset.head = column.text; // where a narrow board gives it a line of its own
    node.className = `dk-col-${column.kind}`;
    if (column.kind === "clock") node.replaceChildren(el("span", { "data-since": value.since, "data-target": value.t }));
    else if (column.kind === "chips") node.replaceChildren(el("span", {}, value.map((one) => el("span", { class: "dk-label" }, el("span", { dir: "auto" }, one)))));
    else if (column.kind === "share") node.replaceChildren(this.share(value));
    else if (column.k === "customer" && row.open !== null) node.replaceChildren(el("button", { type: "button", class: "dk-board-open", onclick: () => this.page.open(row.open ?? row.id) }, el("span", { dir: "auto" }, value)));
    else node.replaceChildren(el("span", { dir: "auto" }, value));
  }

  share(value) {
    const bar = el("span", { class: "dk-share-bar" });
    bar.style.width = `${Math.round(value.share * 100)}%`;
    const kind = value.share >= 1 ? " dk-share-full" : "";
    return el("span", { class: `dk-share${kind}` }, el("span", { class: "dk-share-track", "aria-hidden": "true" }, bar), el("span", {}, value.text));
  }

  buttons(node, acts, about) {
    const now = JSON.stringify(acts);
    const place = [...node.children].indexOf(document.activeElement);
    if (node.dataset.now === now) return;
    node.dataset.now = now;
    node.replaceChildren(...acts.map((one) => (one.pick ? this.pick(one, about) : this.press(one, about))));
    if (place >= 0) node.children[Math.min(place, acts.length - 1)]?.focus(); // what was pressed is another now
  }

  press(one, about) {
    const go = () => (one.turn === undefined ? this.page.do({ ...about, ...one.deed }, this.rowOf(about)?.cells.customer) : this.page.turn(one.turn));
    return el("button", { type: "button", class: "dk-button", onclick: go }, one.text);
  }

  // A list of its own: what is chosen is done, and the browser's own lists choose with an arrow, and when they are left.
  pick(one, about) {
    const made = el("button", { type: "button", class: "dk-button dk-board-pick", "aria-haspopup": "dialog", onclick: () => this.choose(made, one, about) }, `${one.text} …`);
    return made;
  }

  // What is so now can be chosen, and nothing for a row that went.
  choose(at, one, about) {
    const { customer, agent } = this.rowOf(about)?.cells ?? {};
    const go = (k) => this.page.do({ ...about, ...one.deed, [one.pick]: k }, customer);
    const act = (about.ids ? this.rowOf(about) : (this.later ?? this.section))?.acts.find((other) => other.k === one.k);
    const entries = (options) => options.map(({ k, text }) => ({ text, go: () => go(k) }));
    const asks = (come) => this.page.board.offer(about.ids[0], (answer) => {
      come(answer.options && entries(answer.options));
      if (!answer.options) this.page.answered(answer);
    });
    openMenu(at, this.page.board, one.text, entries(act?.options ?? []), { said: customer ?? agent, later: act && !act.options ? asks : null });
  }

  // As it is now, also where a hand keeps the section as it was; none where it went.
  rowOf({ ids }) {
    return ids && (this.later ?? this.section).rows.find((row) => row.id === ids[0]);
  }
}
