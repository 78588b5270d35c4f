// One open conversation: who it is and why it matters, the matter in short, what was said, and where to write.

const MISSED_MS = 4_000; // without its page a conversation is said to be in no log

class Pane {
  constructor(desk, id) {
    this.desk = desk;
    this.id = id;
    this.thread = new Thread(desk, id);
    this.composer = new Composer(desk, id);
    this.mark = el("span", { class: "dk-pane-mark" });
    this.name = el("h3", { class: "dk-pane-name", dir: "auto" });
    this.chips = el("span", { class: "dk-pane-chips" });
    this.clock = el("span", { class: "dk-clock" });
    this.rest = el("span", { class: "dk-rest" });
    this.tools = el("div", { class: "dk-hand-row" });
    this.why = el("div", { class: "dk-pane-why" });
    this.whole = el("button", { type: "button", class: "dk-link dk-why-whole", "aria-expanded": "false", hidden: true, onclick: () => this.toggleWhy() });
    this.notes = el("div", { class: "dk-pane-notes" });
    this.matter = el("dl", { class: "dk-matter" });
    this.aside = el("div", { class: "dk-aside", tabindex: "0", role: "group" });
    this.wait = el("div", { class: "dk-await" });
    this.el = el(
      "section",
      { class: "dk-pane", role: "tabpanel", id: serialName("pane"), onpointerdown: () => desk.seat.focusOn(id), onfocusin: () => desk.seat.focusOn(id) },
      el("div", { class: "dk-pane-head" },
        el("div", { class: "dk-pane-title" }, this.mark, this.name, this.chips, el("span", { class: "dk-gap" }), this.clock, this.rest, this.corner()),
        this.tools, el("div", { class: "dk-why-line" }, this.why, this.whole)),
      el("div", { class: "dk-pane-body" }, el("div", { class: "dk-pane-main" }, this.notes, this.matter, this.wait, this.thread.el, this.composer.el), this.aside),
    );
    this.observer = new ResizeObserver(() => this.drawWhole()); // there may be another room for why
    this.observer.observe(this.el);
  }

  dispose() {
    this.observer.disconnect();
    this.thread.observer.disconnect();
  }

  corner() {
    const { seat } = this.desk;
    this.details = button("", { class: "dk-icon dk-details", onclick: () => this.toggleAside() }, picture("side"));
    this.link = button("", { class: "dk-icon", onclick: () => this.copyLink() }, picture("link"));
    this.apart = button("", { class: "dk-icon", onclick: () => seat.putAway(this.id) }, picture("beside"));
    this.close = button("", { class: "dk-icon", onclick: () => seat.close(this.id) }, picture("close"));
    return el("span", { class: "dk-corner" }, this.details, this.link, this.apart, this.close);
  }

  toggleAside() {
    this.el.classList.toggle("dk-with-aside");
    mark(this.details, "aria-expanded", this.el.classList.contains("dk-with-aside"));
  }

  // Why it is first stands in two lines; of more one reads the rest when one asks for it.
  toggleWhy() {
    const isOpen = this.el.classList.toggle("dk-why-open");
    mark(this.whole, "aria-expanded", isOpen);
    this.drawWhole();
  }

  drawWhole() {
    const text = this.why.lastElementChild;
    const isOpen = this.el.classList.contains("dk-why-open");
    this.whole.hidden = !isOpen && (!text || text.scrollHeight <= text.clientHeight + 1);
    write(this.whole, this.desk.store.say(isOpen ? "less" : "whole"));
  }

  async copyLink() {
    const link = this.desk.seat.linkTo(this.id);
    const { store } = this.desk;
    try {
      await navigator.clipboard.writeText(link);
      store.foot = [{ about: "", text: store.say("link_copied") }];
      store.tell({ foot: true });
    } catch {
      const field = el("input", { class: "dk-input dk-wide", readonly: true, "aria-label": store.say("copy_link"), value: link });
      openOver(this.link, store.say("copy_link"), el("div", { class: "dk-form-over" }, el("b", null, store.say("copy_link")), field));
      field.select();
    }
  }

  // ---------------------------------------------------------------- drawing

  draw() {
    const { store, seat } = this.desk;
    const page = store.pages.get(this.id) ?? null;
    const about = seat.about(this.id) ?? EMPTY_ROW;
    this.el.dataset.level = about.l;
    this.el.classList.toggle("dk-loading", page === null);
    this.drawTitle(about);
    this.drawWait(page);
    if (seat.asking.has(this.id)) this.el.classList.remove("dk-with-aside"); // it must not lie over a question
    this.composer.draw(page);
    if (page) this.thread.draw(page);
    if (page === this.drawn && this.labels === store.labels && this.choices === store.choices) return;
    Object.assign(this, { drawn: page, labels: store.labels, choices: store.choices });
    this.thread.el.hidden = page === null;
    if (!page) return;
    this.drawHead(page);
    this.drawNotes(page);
    this.drawMatter(page);
    this.drawAside(page);
  }

  drawTitle(about) {
    const { store, seat } = this.desk;
    const isFocused = seat.focus === this.id;
    this.el.classList.toggle("dk-focused", isFocused);
    renew(this.mark, [about.l, store.choices.levels], () => [levelMark(about.l, store.choices, 16)]);
    write(this.name, seat.nameOf(this.id) || "…");
    const words = [[this.details, "details"], [this.link, "copy_link"], [this.apart, "put_away"], [this.close, "close"]];
    for (const [node, key] of words) {
      const text = store.say(key, { name: seat.nameOf(this.id) });
      mark(node, "aria-label", text);
      mark(node, "title", text);
    }
    this.apart.hidden = seat.front.length < 2;
    this.tick(about);
  }

  drawWait(page) {
    const { store, seat } = this.desk;
    const until = (seat.expected.get(this.id) ?? 0) + MISSED_MS; // a kernel not heard since is busy: it was not asked yet
    const isMissing = page === null && performance.now() > until && store.kernel.pulse.heard.awake > until;
    this.wait.hidden = page !== null;
    if (page === null) write(this.wait, store.say(isMissing ? "no_page" : "loading"));
  }

  drawHead(page) {
    const { store, seat } = this.desk;
    renew(this.chips, page.chips, () => page.chips.map((text) => el("span", { class: "dk-fact", dir: "auto" }, text)));
    mark(this.why, "title", page.why.join("\n") || null);
    const why = () => (page.why.length ? [picture("bolt"), el("span", { dir: "auto" }, page.why.join(" · "))] : []);
    if (renew(this.why, [store.language, page.why], why)) this.drawWhole();
    const may = ACTIONS.filter((action) => page.may.includes(action.do));
    renew(this.tools, [store.language, page.may], () => may.map((action) => {
      const label = store.say(`do_${action.do}`);
      const go = (event) => perform(this.desk, action, [this.id], event.currentTarget);
      return el("button", { type: "button", class: "dk-tool", "data-do": action.do, "aria-label": label, title: action.key ? `${label} (${action.key})` : label, onclick: go },
        picture(action.icon), el("span", { class: "dk-tool-text" }, label));
    }));
    mark(this.tools, "aria-label", store.say("actions", { name: seat.nameOf(this.id) }));
    mark(this.tools, "role", "group");
  }

  drawNotes(page) {
    const { store } = this.desk;
    const writing = page.drafting.length ? store.say("drafting", { names: page.drafting.join(", ") }) : "";
    const band = (kind, icon, text) => el("div", { class: `dk-band dk-band-${kind}` }, picture(icon), el("span", { dir: "auto" }, text));
    const goesOn = page.on ? store.say("goes_on", { part: page.on.text }) : "";
    renew(this.notes, [page.pin, page.told, writing, page.on, goesOn], () => [
      ...(page.on ? [el("button", { type: "button", class: "dk-band dk-band-on", onclick: () => this.goOn(page.on.k) }, picture("chevron"), el("span", { dir: "auto" }, goesOn))] : []),
      ...page.pin.map((text) => band("pin", "pin", text)),
      ...(page.told ? [band("told", "person", page.told)] : []),
      ...(writing ? [band("drafting", "pen", writing)] : []),
    ]);
  }

  // Open the newer part; what was still being written here stands there.
  goOn(id) {
    const { keep } = this.desk.seat;
    const written = keep.draft(this.id);
    if (carry(this.desk, id, written)) keep.dropDraft(this.id, written);
    this.desk.seat.bring(id, { type: true });
  }

  drawMatter(page) {
    this.matter.hidden = page.recap.length === 0;
    renew(this.matter, page.recap, () => page.recap.flatMap(([name, value]) => [el("dt", null, name), el("dd", { dir: "auto", title: value }, value)]));
  }

  drawAside(page) {
    mark(this.aside, "aria-label", this.desk.store.say("about", { name: page.n }));
    const { card, tags, helpers, earlier, may } = page;
    renew(this.aside, [this.desk.store.language, this.desk.store.choices.facets, card, tags, helpers, earlier, may], () => this.about(page));
  }

  about(page) {
    const { store, seat } = this.desk;
    const part = (key, ...children) => el("section", null, el("h4", null, store.say(key)), ...children);
    const may = (what) => page.may.includes(what);
    const rows = page.card.flatMap(([name, value]) => [el("dt", { dir: "auto" }, name), el("dd", { dir: "auto" }, value)]);
    const tags = once(page.tags.map((tag) => labelOf(store, tag.f, tag.k, may("tag") ? this.taker("untag", tag.text, { facet: tag.f, tag: tag.k }) : null)));
    const helpers = page.helpers.map((one) => el("span", { class: "dk-fact" }, el("span", { dir: "auto" }, one.text), may("help") ? this.taker("release", one.text, { agent: one.k }) : null));
    const earlier = page.earlier.map((one) => (one.k ? el("button", { type: "button", class: "dk-entry", onclick: () => seat.bring(one.k) }, el("span", { class: "dk-entry-text", dir: "auto" }, one.text)) : el("p", { class: "dk-faintly" }, one.text)));
    return [
      part("customer", el("dl", { class: "dk-facts" }, ...rows)),
      part("labels", tags.length ? el("div", { class: "dk-flow" }, ...tags) : el("p", { class: "dk-faintly" }, store.say("no_labels"))),
      ...(helpers.length ? [part("helpers", el("div", { class: "dk-flow" }, ...helpers))] : []),
      ...(earlier.length ? [part("earlier", el("div", { class: "dk-earlier-list" }, ...earlier))] : []),
    ];
  }

  taker(action, text, more) {
    const label = this.desk.store.say(action === "untag" ? "take_off" : "release", { name: text });
    return button(label, { class: "dk-take", onclick: () => this.desk.seat.do({ do: action, ids: [this.id], ...more }) }, picture("close"));
  }

  tick(about = this.desk.seat.about(this.id) ?? EMPTY_ROW) {
    const { store } = this.desk;
    const say = (key, values) => store.say(key, values);
    const waited = about.w === null || about.w === undefined || about.cl ? null : store.now() - about.w;
    const left = waited === null ? { text: about.cl ?? "", kind: "" } : leftText(waited, about.t, say);
    write(this.clock, waited === null ? "" : clockText(waited, say));
    write(this.rest, left.text);
    this.rest.dataset.kind = left.kind;
    this.clock.dataset.kind = left.kind;
    if (!this.wait.hidden) this.drawWait(store.pages.get(this.id) ?? null);
  }
}

// The panes in front, one to four; those behind stay made, and are taken out of the page.
class Panes {
  constructor(desk) {
    this.desk = desk;
    this.panes = new Map();
    this.empty = el("div", { class: "dk-nothing" });
    this.el = el("div", { class: "dk-panes" });
    this.observer = new ResizeObserver(() => this.showFocused(true));
    this.observer.observe(this.el);
  }

  draw() {
    const { store, seat } = this.desk;
    this.el.dataset.count = seat.front.length;
    seat.front.forEach((id, at) => {
      if (!this.panes.has(id)) this.panes.set(id, new Pane(this.desk, id));
      const pane = this.panes.get(id);
      pane.el.style.order = at; // moved by its look only: an element taken out loses focus and position
      const isBack = !pane.el.isConnected;
      if (isBack) this.el.append(pane.el);
      pane.draw();
      if (isBack) pane.thread.restore();
    });
    this.leave();
    this.showFocused();
    if (seat.front.length) {
      this.empty.remove();
      return;
    }
    this.empty.replaceChildren(picture("whisper"), el("b", null, store.say("none_open")), el("span", null, store.say("none_open_hint")));
    if (!this.empty.isConnected) this.el.append(this.empty);
  }

  // Where not all fit beside one another, the one that gets the focus comes into sight, and stays there in another room.
  showFocused(isAnew = false) {
    const { focus } = this.desk.seat;
    const pane = this.panes.get(focus)?.el;
    if ((isAnew || focus !== this.shown) && pane && this.el.scrollWidth > this.el.clientWidth + 1) this.el.scrollLeft = pane.offsetLeft - 8;
    this.shown = focus;
  }

  // Take out what is not in front any more; the focus that was in it goes to the pane that has it now.
  leave() {
    const { seat } = this.desk;
    for (const [id, pane] of this.panes) {
      if (seat.open.includes(id) && seat.front.includes(id)) continue;
      if (pane.el.isConnected) pane.thread.leave();
      if (pane.el.contains(pane.el.getRootNode().activeElement)) this.write(seat.focus);
      pane.el.remove();
      if (seat.open.includes(id)) continue;
      pane.dispose();
      this.panes.delete(id);
    }
  }

  label(tabs) {
    for (const [id, pane] of this.panes) mark(pane.el, "aria-labelledby", tabs.get(id)?.el.id ?? null);
  }

  write(id) {
    this.panes.get(id)?.composer.text.focus();
  }

  // Where a file lies has been told; only the drawing in which it was asked for goes on.
  openFile(message) {
    const at = this.desk.store.opener;
    if (!at || !this.el.contains(at)) return;
    this.desk.store.opener = null;
    const line = this.desk.store.pages.get(message.id)?.lines.find((one) => one.id === message.line);
    openFile(this.desk, at, message, line?.files?.[message.file]?.name ?? "");
  }

  tick() {
    for (const id of this.desk.seat.front) this.panes.get(id)?.tick();
  }
}
