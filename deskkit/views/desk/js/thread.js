// What was said in a conversation, and where one reads in it: a place is a line and a distance, so that it stays when
// lines come, go or wrap anew.

const AT_END_PX = 24;
const MANY_LINES = 1_000; // of which those far above are let go of at the end: each costs time with every difference

class Thread {
  constructor(desk, id) {
    this.desk = desk;
    this.id = id;
    this.nodes = new Map();
    this.setTop = null; // where the position was last set
    this.more = el("button", { type: "button", class: "dk-link dk-more", hidden: true, onclick: () => this.askMore() });
    this.list = el("div", { class: "dk-lines" });
    this.down = el("button", { type: "button", class: "dk-news dk-down", hidden: true, onclick: () => this.toEnd() });
    this.box = el("div", { class: "dk-reading", tabindex: "0", role: "log", onscroll: () => this.scrolled() }, this.more, this.list);
    this.el = el("div", { class: "dk-reading-frame" }, this.box, this.down);
    this.observer = new ResizeObserver(() => this.restore());
    this.observer.observe(this.box);
    this.place = desk.seat.keep.place(id)?.read ?? null; // null: at the end
  }

  draw(page) {
    const { store } = this.desk;
    mark(this.box, "aria-label", store.say("messages", { name: page.n }));
    this.more.hidden = !page.more;
    if (this.drawn === page.lines && this.labels === store.labels) return;
    this.seeHand();
    write(this.more, store.say("earlier_lines"));
    write(this.down, store.say("newest"));
    const isAfter = this.drawn !== undefined;
    const before = this.nodes.size ? [...this.nodes.keys()].at(-1) : null;
    this.reconcile(page.lines);
    const last = page.lines.at(-1)?.id;
    this.hasNew = isAfter && this.place !== null && last !== undefined && last !== before;
    Object.assign(this, { drawn: page.lines, labels: store.labels });
    this.seek(page);
    this.restore();
  }

  // Whoever stood above what a page begins with, as before the cell was run again, has the lines up to there drawn once
  // more, and waits for them at the top.
  seek(page) {
    const line = this.place?.line;
    this.isSeeking = line !== undefined && page.more && !this.nodes.has(line);
    if (this.isSeeking) this.desk.store.send({ type: "more", id: this.id, line: String(line), page: pageName() });
  }

  reconcile(lines) {
    const known = this.nodes;
    this.nodes = new Map();
    lines.forEach((line, at) => {
      const text = JSON.stringify(line);
      let node = known.get(line.id);
      if (!node || node.text !== text || this.labels !== this.desk.store.labels) {
        node?.el.remove();
        node = { text, el: lineNode(this.desk, this.id, line) };
      }
      known.delete(line.id);
      this.nodes.set(line.id, node);
      if (this.list.children[at] !== node.el) this.list.insertBefore(node.el, this.list.children[at] ?? null);
    });
    for (const node of known.values()) node.el.remove();
  }

  askMore() {
    this.remember();
    this.desk.store.send({ type: "more", id: this.id, page: pageName() });
  }

  askLess() {
    if (this.drawn === this.lessened) return; // asked already, of these very lines
    this.lessened = this.drawn;
    this.desk.store.send({ type: "less", id: this.id, page: pageName() });
  }

  // ---------------------------------------------------------------- the reading position

  // Whoever scrolled since the position was last set: a hand, unless the lines were out of sight.
  seeHand() {
    if (this.setTop === null || !this.box.isConnected || Math.abs(this.box.scrollTop - this.setTop) < 1) return;
    this.remember();
    this.drawDown();
  }

  scrolled() {
    this.seeHand();
  }

  leave() {
    this.seeHand();
    this.setTop = null;
  }

  remember() {
    const { box } = this;
    if (!box.isConnected || box.clientHeight === 0) return;
    this.setTop = box.scrollTop;
    const isAtEnd = box.scrollHeight - box.scrollTop - box.clientHeight < AT_END_PX;
    if (isAtEnd) this.hasNew = false;
    if (isAtEnd && this.nodes.size > MANY_LINES) this.askLess();
    this.place = isAtEnd ? null : this.firstInSight();
    const place = this.desk.seat.keep.place(this.id) ?? {};
    this.desk.seat.keep.setPlace(this.id, { ...place, read: this.place });
  }

  firstInSight() {
    const { box } = this;
    for (const [id, node] of this.nodes) {
      if (node.el.classList.contains("dk-said-day")) continue; // the first that is drawn stands under its day, whichever that is
      const bottom = node.el.offsetTop + node.el.offsetHeight;
      if (bottom > box.scrollTop) return { line: id, off: box.scrollTop - node.el.offsetTop };
    }
    return null;
  }

  restore() {
    const { box, place } = this;
    if (!box.isConnected || box.clientHeight === 0) return;
    const node = place ? this.nodes.get(place.line) : null;
    const top = node ? node.el.offsetTop + place.off : this.isSeeking ? 0 : box.scrollHeight;
    if (Math.abs(box.scrollTop - top) >= 1) box.scrollTop = top;
    this.setTop = box.scrollTop;
    this.drawDown();
  }

  drawDown() {
    this.down.hidden = this.place === null || !this.hasNew;
  }

  toEnd() {
    this.place = null;
    this.hasNew = false;
    this.restore();
    this.remember();
  }
}

function lineNode(desk, id, line) {
  const { store } = desk;
  const kind = ["customer", "agent", "system", "note", "whisper", "day"].includes(line.k) ? line.k : "system";
  if (kind === "day") return el("div", { class: "dk-said dk-said-day", role: "separator", "aria-label": line.m }, el("span", null, line.m));
  const state = line.st && line.st !== "sent" ? el("span", { class: `dk-state dk-state-${line.st === "failed" ? "failed" : "queued"}` }, line.stx ?? "") : null;
  return el("div", { class: `dk-said dk-said-${kind}` },
    el("div", { class: "dk-said-meta" }, el("span", { dir: "auto" }, line.m), state),
    line.x || !line.files ? el("div", { class: "dk-said-text", dir: "auto" }, line.x) : null,
    ...(line.files ?? []).map((file, number) => fileNode(store, id, line.id, file, number)));
}

// A file by its name and size. Where it lies is asked for when somebody wants it open, and not before.
function fileNode(store, id, line, file, number) {
  const ask = (event) => {
    store.opener = event.currentTarget;
    store.send({ type: "file", id, line, file: number });
  };
  const open = file.open ? el("button", { type: "button", class: "dk-link", "aria-label": `${store.say("open_file")}: ${file.name}`, onclick: ask }, store.say("open_file")) : null;
  return el("div", { class: "dk-said-text dk-file" }, picture("file"),
    el("span", { class: "dk-file-name", dir: "auto" }, file.name), el("span", { class: "dk-faintly" }, file.size ?? ""), open);
}

// The host of a web address as this browser reads it; empty for any other address.
function webHost(address) {
  try {
    const url = new URL(address);
    return ["http:", "https:"].includes(url.protocol) && !url.username && !url.password ? url.host : "";
  } catch {
    return "";
  }
}

// Ask before a file is opened, naming the host; both halves must read the same one. It opens in a tab of its own, which
// knows nothing of this page.
function openFile(desk, at, message, name) {
  const { store } = desk;
  const host = message.url ? webHost(message.url) : "";
  const standard = message.host?.replace(/:(80|443)$/, "");
  if (host === "" || host.replace(/:(80|443)$/, "") !== standard) {
    openSaid(desk, at, message.text || store.say("open_unclear"));
    return;
  }
  openQuestion(desk, at, {
    text: store.say("open_question", { name, host }),
    confirm: store.say("open_at", { host }),
    answered: (isSure) => isSure && window.open(message.url, "_blank", "noopener,noreferrer"),
  });
}
