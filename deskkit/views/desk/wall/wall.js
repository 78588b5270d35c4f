// The wallboard: numbers readable across a room. Words, numbers and whether a target is missed come from the kernel;
// here are the elements, the age of what is shown, and the whole screen.

const LOST_MS = 8_000;
const QUIET_MS = 2_500; // a beat comes every two seconds, from a view that follows its log
const STAY_MS = 30_000; // so often a page says that it is still there: for one that is gone nothing is worked out
const ASLEEP_MS = 3_000; // the clock ticks every second; if it did not for so long, nobody looked: a tab behind, a lid shut

class WallModel {
  constructor(model) {
    this.kernel = new Kernel(model, () => this.tell({}));
    this.board = null;
    this.received = this.heard = this.woke = this.said = performance.now();
    this.receivedAt = Date.now(); // goes on while a computer sleeps
    this.listeners = new Set();
    model.on("msg:custom", (message) => this.receive(message));
    this.send({ type: "hello" });
    setInterval(() => this.ask(), 1_000);
  }

  // A view that follows no log answers where it is asked; a model whose cell was run again is shown by no page.
  ask() {
    if (this.listeners.size === 0) return;
    const now = performance.now();
    const isWaiting = this.board === null || this.board.sections.length === 0 || this.asked;
    if (isWaiting || now - this.heard > QUIET_MS || now - this.said > STAY_MS) this.send({ type: "hello", again: true });
  }

  behind(measure, group) {
    this.asked = true;
    this.send({ type: "behind", measure, group });
  }

  // How old what is shown is: also the time a computer slept counts, for which `performance.now` may stand still.
  age() {
    return this.board.age_ms + Math.max(performance.now() - this.received, Date.now() - this.receivedAt);
  }

  send(message) {
    this.said = performance.now();
    this.kernel.send(message);
  }

  tell(message) {
    for (const listener of [...this.listeners]) listener(message);
  }

  receive(message) {
    if (message.type === "behind") this.asked = false;
    this.kernel.hear();
    this.heard = performance.now();
    if (message.type === "wall") {
      this.board = message;
      this.received = this.heard;
      this.receivedAt = Date.now();
    }
    this.tell(message);
  }
}

class WallPage {
  constructor(wall, root) {
    this.wall = wall;
    this.tiles = new Map();
    this.sections = new Map();
    this.behind = new Behind(this);
    this.title = el("h2", { class: "dk-wall-title" });
    this.asof = el("span", { class: "dk-wall-asof" });
    this.switch = el("span", { class: "dk-wall-switch" });
    this.size = el("button", { type: "button", class: "dk-wall-button", onclick: () => this.resize() });
    this.banner = el("p", { class: "dk-wall-banner", role: "status", hidden: true });
    this.body = el("div", { class: "dk-wall-body" });
    this.groups = el("section", { class: "dk-wall-section dk-wall-groups" });
    this.notes = el("div", { class: "dk-wall-notes" });
    const head = el("header", { class: "dk-wall-head" }, this.title, this.asof, el("span", { class: "dk-gap" }), this.switch, this.size);
    this.main = el("div", { class: "dk-wall-main" }, head, this.banner, this.body, this.groups, this.notes);
    this.root = el("div", { class: "dk-wall", tabindex: "-1", "data-lm-suppress-shortcuts": "true", onkeydown: ownKey }, this.main, this.behind.root);
    root.append(this.root);
    this.isLarge = this.isWhole = false;
    this.hear = (message) => this.receive(message);
    this.whole = () => {
      const was = this.isWhole;
      this.isWhole = document.fullscreenElement === this.root;
      this.enlarge(this.isWhole || (was ? this.wall.board.large : this.isLarge));
    };
    document.addEventListener("fullscreenchange", this.whole);
    wall.listeners.add(this.hear);
    this.ticking = setInterval(() => this.tick(), 1_000);
    this.ticked = Date.now();
    this.look = () => document.visibilityState === "visible" && this.tick();
    document.addEventListener("visibilitychange", this.look);
    window.addEventListener("pageshow", this.look);
    this.draw();
  }

  end() {
    this.wall.listeners.delete(this.hear);
    document.removeEventListener("fullscreenchange", this.whole);
    document.removeEventListener("visibilitychange", this.look);
    window.removeEventListener("pageshow", this.look);
    clearInterval(this.ticking);
  }

  say(key, values) {
    return fill(this.wall.board?.labels[key] ?? "", values || {});
  }

  tile(name) {
    return this.wall.board.sections.flatMap((section) => section.tiles).find((one) => one.k === name);
  }

  group(name) {
    return name ? this.wall.board.groups.rows.find((one) => one.k === name) : undefined;
  }

  trendName(one) {
    const { slots } = this.wall.board;
    return this.say("trend", { title: one.title, from: slots[0], to: slots.at(-1), values: one.texts.join(", ") });
  }

  receive(message) {
    if (message.type === "behind") this.behind.receive(message);
    if (message.type === "wall") this.draw();
    else this.tick();
  }

  // ---------------------------------------------------------- the whole screen

  resize() {
    const { large } = this.wall.board;
    if (document.fullscreenElement) document.exitFullscreen();
    else if (this.isLarge && !large) this.enlarge(false);
    else {
      this.enlarge(true);
      this.root.requestFullscreen?.().catch(() => {}); // where that is not allowed it is large all the same
    }
  }

  enlarge(isLarge) {
    this.isLarge = isLarge;
    this.root.classList.toggle("dk-wall-large", isLarge);
    const isAll = isLarge && (this.isWhole || !this.wall.board?.large);
    write(this.size, this.say(isAll ? "small" : "large"));
  }

  // ---------------------------------------------------------- drawing

  draw() {
    const { board } = this.wall;
    if (!board) return;
    if (!this.drawn && board.large) this.isLarge = true;
    this.drawn = true;
    write(this.title, this.say("title"));
    this.enlarge(this.isLarge);
    this.speak(board.languages ?? []);
    for (const section of board.sections) this.section(section, board);
    if (board.groups) renew(this.groups, board.groups, () => this.table(board.groups));
    renew(this.notes, board.notes ?? [], () => (board.notes ?? []).map((text) => el("p", {}, text)));
    this.behind.draw();
    this.tick();
  }

  speak(languages) {
    renew(this.switch, languages, () =>
      languages.map((one) =>
        el("button", { type: "button", class: "dk-wall-button", lang: one.lang, "aria-pressed": String(one.on), onclick: () => this.wall.send({ type: "language", language: one.k }) }, one.text),
      ),
    );
  }

  section(section, board) {
    if (!this.sections.has(section.k)) {
      const title = el("h3", { class: "dk-wall-heading", id: serialName("wall") });
      const tiles = el("div", { class: "dk-wall-tiles" });
      this.sections.set(section.k, { title, tiles });
      this.body.append(el("section", { class: `dk-wall-section dk-wall-${section.k}`, "aria-labelledby": title.id }, title, tiles));
    }
    const made = this.sections.get(section.k);
    write(made.title, section.title);
    for (const one of section.tiles) {
      if (!this.tiles.has(one.k)) {
        this.tiles.set(one.k, new WallTile(this, one.k));
        made.tiles.append(this.tiles.get(one.k).root);
      }
      this.tiles.get(one.k).draw(one, board);
    }
  }

  table(groups) {
    const head = el("tr", {}, el("th", { scope: "col" }, groups.group), groups.columns.map((one) => el("th", { scope: "col" }, one.text)), el("th", { scope: "col", class: "dk-wall-trend" }, groups.trend));
    const rows = groups.rows.map((row) => el("tr", {}, el("th", { scope: "row" }, el("bdi", {}, row.title)), row.cells.map((cell) => this.cell(cell, row)), this.trend(row, groups)));
    const title = el("h3", { class: "dk-wall-heading", id: serialName("wall") }, groups.title);
    const table = el("table", { class: "dk-wall-table", "aria-labelledby": title.id }, el("thead", {}, head), el("tbody", {}, rows));
    return [title, el("div", { class: "dk-wall-scroll", tabindex: "0", role: "group", "aria-labelledby": title.id }, table)];
  }

  cell(cell, row) {
    const name = `${row.title}, ${this.tile(cell.k).title}: ${cell.value} ${cell.mark === "free" ? "" : cell.word}`;
    const sign = cell.mark === "free" || cell.mark === "none" ? null : el("span", { class: "dk-wall-sign", "aria-hidden": "true" }, cell.sign);
    const press = (event) => this.behind.show(cell.k, row.k, event.currentTarget);
    return el("td", { "data-mark": cell.mark }, el("button", { type: "button", class: "dk-wall-cell", "aria-label": name, title: name, onclick: press }, sign, cell.value));
  }

  trend(row, groups) {
    return el("td", { class: "dk-wall-trend" }, spark(row, groups.axis, this.trendName({ ...row, title: `${row.title}, ${groups.trend}` })));
  }

  // How old it is, once a second and on coming back: by what was worked out, and by when the kernel was last heard. Who
  // comes back is told at once how old it is; that the connection is lost, only after nothing came while it was awake.
  tick() {
    const { wall } = this;
    const { board } = wall;
    if (!board) return this.notice(wall.kernel.told((key) => this.say(key)).join(" ").trim());
    const now = performance.now();
    const slept = Math.abs(Date.now() - this.ticked);
    this.ticked = Date.now();
    if (slept > ASLEEP_MS) {
      wall.woke = now;
      wall.send({ type: "hello", again: true });
    }
    const age = wall.age();
    const text = ageText(age, (key, values) => this.say(key, values));
    const isLost = wall.kernel.isLost || now - Math.max(wall.heard, wall.woke) > LOST_MS;
    const isBack = wall.woke > wall.received && age > board.every_ms;
    const isOld = (isBack || age > 3 * board.every_ms) && board.sections.length > 0;
    write(this.asof, board.asof ?? "");
    const said = isLost ? this.say("lost", { age: text }) : board.fault || (board.sections.length ? "" : this.say("starting"));
    const driven = isLost ? "" : board.driven;
    this.notice([said, driven].filter(Boolean).join(" · ") || (isOld && !board.still ? this.say("old", { age: text }) : ""));
    this.root.classList.toggle("dk-wall-lost", isLost || Boolean(board.fault));
  }

  notice(text) {
    write(this.banner, text);
    this.banner.hidden = text === "";
  }
}

class WallTile {
  constructor(page, key) {
    this.page = page;
    this.title = el("h4", { class: "dk-tile-title" });
    this.number = el("button", { type: "button", class: "dk-tile-number", onclick: () => page.behind.show(key, "", this.number) });
    this.mark = el("p", { class: "dk-tile-mark" });
    this.of = el("p", { class: "dk-tile-of" });
    this.trend = el("div", { class: "dk-tile-trend" });
    this.root = el("article", { class: "dk-tile", "data-k": key }, this.title, this.number, this.mark, this.of, this.trend);
  }

  draw(one, board) {
    write(this.title, one.title);
    renew(this.number, one.parts, () => one.parts.map(([number, unit]) => el("span", {}, number, unit ? el("small", {}, unit) : null)));
    mark(this.root, "data-mark", one.mark);
    const target = one.target ? `${this.page.say("goal")} ${one.target}` : "";
    this.number.setAttribute("aria-label", [`${one.title}: ${one.value}`, one.word, target].filter(Boolean).join(", "));
    renew(this.mark, [one.sign, one.word], () => (one.word ? [el("span", { class: "dk-wall-sign", "aria-hidden": "true" }, one.sign), one.word] : []));
    renew(this.of, [one.brief, one.of], () => [one.brief, one.of].filter(Boolean).map((text) => el("span", {}, text)));
    const top = one.axis.at(-1)?.text ?? "";
    renew(this.trend, [one.trend, one.goal, board.slots, top], () => [
      spark(one, one.axis, this.page.trendName(one)),
      el("span", { class: "dk-tile-axis", "aria-hidden": "true" }, el("span", {}, top), el("span", {}, one.axis[0]?.text ?? "")),
      el("span", { class: "dk-tile-slots", "aria-hidden": "true" }, el("span", {}, board.slots[0]), el("span", {}, board.slots.at(-1))),
    ]);
  }
}

// A function, called once per widget: anywidget gives `initialize` and `render` different faces of the same model.
export default () => {
  let wall = null;
  return {
    initialize({ model }) {
      hears(model);
      wall = new WallModel(model);
    },
    render({ model, el: root }) {
      wall ??= new WallModel(model);
      const page = new WallPage(wall, root);
      return () => page.end();
    },
  };
};
