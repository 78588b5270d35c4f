// What one person has before them: open tabs, which of them side by side, which has the focus; and of the list what is
// filtered, grouped, selected. One seat per model, however often it is drawn.

const SIDE_BY_SIDE = 4;
const HASH = "#conversation=";
const CLOSING = ["handled", "archive"]; // deeds
const ASK_MS = 2_000; // a text sent this soon after the focus changed may be meant for another

class Seat {
  constructor(store, deeds) {
    this.store = store;
    this.deeds = deeds;
    this.keep = null;
    this.open = [];
    this.front = [];
    this.focus = null;
    this.used = []; // tabs, the latest used last
    this.focusedAt = -Infinity; // when a hand last changed the focus
    this.grouping = "";
    this.collapsed = new Set();
    this.filters = new Map();
    this.query = "";
    this.found = null;
    this.selected = new Set();
    this.cursor = null; // the row the keyboard is at
    this.anchor = null; // where a range begins
    this.took = new Took(this);
    this.asking = new Map(); // by conversation: what is asked before a text is sent
    this.questions = []; // what is asked over the page, one after the other
    this.crowded = null; // what there is no room for before one said which tab goes
    this.reasons = new Map(); // by conversation: why a deed was refused
    this.mine = new Set(); // an agent's own conversations that had their tab
    this.expected = new Map(); // by conversation: since when its page is awaited
    this.searches = 0;
    this.soughtAt = -Infinity;
    this.tell = (change) => this.store.tell(change);
  }

  // ---------------------------------------------------------------- remembered

  settle() {
    const isFirst = this.keep?.key !== this.store.key;
    if (isFirst) {
      const { key, was } = this.store;
      const before = this.keep;
      this.keep = new Keep(key);
      if (was && was !== key) this.keep.adopt(before ?? new Keep(was));
      this.deeds.keep = this.keep;
      this.deeds.recall();
      this.recall();
      this.recallAsks();
    } else this.openMine();
    this.remember();
    this.watch();
    if (performance.now() - this.soughtAt > AGAIN_MS) this.seek(); // the kernel forgets a page that it did not hear for long
    this.deeds.again();
    if (isFirst) this.openHash();
  }

  recall() {
    const kept = this.keep.tabs();
    const list = (value) => (Array.isArray(value) ? value.map(String) : []);
    this.open = list(kept.open).slice(0, MOST_TABS);
    this.front = list(kept.front).filter((id) => this.open.includes(id)).slice(0, SIDE_BY_SIDE);
    this.focus = this.front.includes(kept.focus) ? kept.focus : (this.front[0] ?? null);
    this.grouping = typeof kept.grouping === "string" ? kept.grouping : "";
    this.collapsed = new Set(list(kept.collapsed));
    this.used = [...this.open];
    this.filters = new Map(Object.entries(kept.filters ?? {}).filter(([name, value]) => Object.hasOwn(FILTERS, name) && typeof value === "string"));
    this.mine = new Set(list(kept.mine));
    if (this.store.own && kept.mine === undefined) this.filters.set("agent", this.store.me);
    this.openMine();
  }

  remember() {
    const { open, front, focus, grouping } = this;
    this.keep?.setTabs({ open, front, focus, grouping, collapsed: [...this.collapsed], filters: Object.fromEntries(this.filters), mine: [...this.mine] });
  }

  // An agent's conversation gets a tab by itself, once, behind what one has before oneself; returns whether one did.
  openMine() {
    if (!this.store.own) return false;
    const own = this.store.order.filter((id) => this.store.rows.get(id)?.a === this.store.me);
    const fresh = own.filter((id) => !this.mine.has(id) && !this.open.includes(id)).slice(0, Math.max(0, MOST_TABS - this.open.length));
    this.mine = new Set(own);
    this.open = [...this.open, ...fresh];
    this.used = [...fresh, ...this.used];
    return fresh.length > 0;
  }

  watch() {
    const { open, front, focus } = this;
    for (const id of open) {
      if (!this.store.pages.has(id) && !this.expected.has(id)) this.expected.set(id, performance.now());
    }
    this.store.send({ type: "watch", open, front, focus, page: pageName() });
  }

  changed(more) {
    this.remember();
    this.watch();
    this.tell({ tabs: true, ...more });
  }

  // ---------------------------------------------------------------- tabs

  // Bring a conversation to the front: in the place of the focused one, or beside it. `type`: to write in it at once.
  bring(id, { beside = false, type = false } = {}) {
    this.unselect(); // as in every list: what is done next is done to this one, not to what was selected before
    if (!this.open.includes(id) && !hasRoom(this, id, { beside, type })) return;
    if (!this.open.includes(id)) this.open = [...this.open, id];
    if (!this.front.includes(id)) {
      const at = this.front.indexOf(this.focus);
      if (at < 0 || (beside && this.front.length < SIDE_BY_SIDE)) this.front = [...this.front, id];
      else this.front = this.front.map((one, n) => (n === (beside ? this.other(at) : at) ? id : one));
    }
    this.give(id);
    this.changed({ type: type ? id : null });
  }

  other(at) {
    return at === this.front.length - 1 ? 0 : this.front.length - 1;
  }

  give(id) {
    if (this.focus !== id) this.focusedAt = performance.now();
    this.focus = id;
    this.used = [...this.used.filter((one) => one !== id), id];
  }

  focusOn(id) {
    if (this.focus === id || !this.front.includes(id)) return;
    this.give(id);
    this.changed();
  }

  // Leave a pane, and keep its tab.
  putAway(id) {
    this.front = this.front.filter((one) => one !== id);
    if (this.focus === id) this.fallBack();
    this.changed();
  }

  close(id) {
    const at = this.open.indexOf(id);
    if (at < 0) return;
    this.open = this.open.filter((one) => one !== id);
    this.front = this.front.filter((one) => one !== id);
    if (!this.front.length && this.open.length) this.front = [this.open[Math.min(at, this.open.length - 1)]];
    if (this.focus === id) this.fallBack();
    this.expected.delete(id);
    this.changed();
  }

  fallBack() {
    this.focus = null;
    if (this.front.length) this.give([...this.used].reverse().find((id) => this.front.includes(id)) ?? this.front[0]);
  }

  step(by) {
    if (!this.open.length) return;
    const at = Math.max(0, this.open.indexOf(this.focus));
    this.bring(this.open[(at + by + this.open.length) % this.open.length]);
  }

  // What a tab shows of its conversation: the row, and where there is none (a closed one), the page.
  about(id) {
    return this.row(id) ?? this.store.pages.get(id) ?? null;
  }

  nameOf(id) {
    return this.store.pages.get(id)?.n || this.about(id)?.n || "";
  }

  // ---------------------------------------------------------------- links

  linkTo(id) {
    return `${location.href.split("#")[0]}${HASH}${encodeURIComponent(id)}`;
  }

  openHash() {
    if (!location.hash.startsWith(HASH)) return;
    try {
      this.bring(decodeURIComponent(location.hash.slice(HASH.length)));
    } catch (error) {
      console.warn("deskkit: no conversation can be named so", error);
    }
  }

  // ---------------------------------------------------------------- list

  setFilter(name, value) {
    this.unselect();
    if (value === "") this.filters.delete(name);
    else this.filters.set(name, value);
    this.remember();
    this.seekAnew();
  }

  group(grouping) {
    this.grouping = grouping;
    this.collapsed.clear();
    this.remember();
    this.tell({ listing: true, top: true });
  }

  fold(key, isFolded = !this.collapsed.has(key)) {
    if (isFolded) this.collapsed.add(key);
    else this.collapsed.delete(key);
    this.remember();
    this.tell({ listing: true });
  }

  search(query) {
    if (query.trim() !== this.query) this.unselect(); // what one selected among what was found may be out of sight now
    this.query = query.trim();
    this.seekAnew();
  }

  seekAnew() {
    this.searches += 1;
    this.seek();
    this.tell({ listing: true, top: true });
  }

  seek() {
    if (!isSeeking(this)) return void (this.found = null);
    this.soughtAt = performance.now();
    this.store.send({ type: "search", ask: this.searches, query: this.query, page: pageName(), filters: Object.fromEntries(this.filters) });
  }

  // Of several pages each has its own search, and passes over the answer to another's, or to what nobody asks any more.
  takeFound({ page, ask, ...message }) {
    if (page !== pageName() || ask !== this.searches || !isSeeking(this)) return;
    const rows = new Map(Object.entries(message.rows ?? {}).map(([id, row]) => [id, filled(row, EMPTY_ROW)]));
    const isKnown = this.found?.ask === ask; // asked again: the list stays where it is
    this.found = { ask, ids: message.ids ?? [], rows, hits: new Map(Object.entries(message.hits ?? {})), text: message.text ?? "", total: message.total ?? 0 };
    this.tell(isKnown ? { order: true } : { listing: true, top: true });
  }

  // What became of what was found: it stands where it stood, and says what is so now.
  takeRows({ rows }) {
    const known = Object.entries(rows).filter(([id]) => this.found?.rows.has(id));
    for (const [id, row] of known) this.found.rows.set(id, filled(row, EMPTY_ROW));
    if (known.length) this.tell({ rows: new Set(known.map(([id]) => id)) });
  }

  // The row of a conversation that may stand in the list: of one that is open, or was found.
  row(id) {
    return this.store.rows.get(id) ?? this.found?.rows.get(id) ?? null;
  }

  isListed(id) {
    const row = this.row(id);
    return row !== null && [...this.filters].every(([name, value]) => FILTERS[name](row, value));
  }

  select(ids) {
    this.selected = new Set(ids);
    this.tell({ selection: true });
  }

  unselect() {
    this.anchor = null;
    if (this.selected.size) this.select([]);
  }

  toggle(id) {
    if (!this.selected.delete(id)) this.selected.add(id);
    this.anchor = id;
    this.tell({ selection: true });
  }

  // What a deed from the list is about: what is selected, else the row the keyboard is at.
  targets() {
    if (this.selected.size) return [...this.selected];
    return this.cursor === null ? [] : [this.cursor];
  }

  // ---------------------------------------------------------------- deeds

  do(deed, onAnswer) {
    if (!deed.ids?.length && deed.do !== "undo" && deed.do !== "new") return;
    this.took.sent(this.deeds.do(deed, onAnswer), deed);
  }

  // What was asked before the page was loaded again is asked again. A text that is no draft any more was sent, or changed.
  recallAsks() {
    for (const [name, question] of this.keep.asks()) {
      const [id] = question.deed.ids;
      if (name !== `draft ${id}`) this.questions.push({ ...question, name });
      else if (this.keep.drafts(id).some((one) => isDraft(one, { text: question.deed.text }))) this.asking.set(id, { ...question, isBack: true });
      else this.keep.setAsk(name, null);
    }
  }

  // Send a text of a pane; asks first where the focus came here just now, or where the desk has a doubt.
  say(id, deed, { sure = false } = {}) {
    const name = this.nameOf(id);
    if (!sure && deed.do === "reply" && performance.now() - this.focusedAt < ASK_MS) {
      return this.ask(id, { deed: { ...deed, ids: [id] }, text: this.store.say("ask_focus", { name }), isKnown: false });
    }
    if (this.deeds.isBusy(id)) return undefined; // sent from another window meanwhile
    this.reasons.delete(id);
    const { saw } = this.keep.draft(id, { text: deed.text }); // a colleague may have answered since
    this.deeds.do({ ...deed, ...(deed.do === "reply" && saw !== null ? { saw } : {}), ids: [id] }, (answer) => {
      if (answer.ask) this.ask(id, { deed: { ...deed, ids: [id] }, ...answer.ask, isKnown: true });
    });
    this.tell({ busy: id });
    return undefined;
  }

  // `isKnown`: the desk itself has the doubt, and is told that one is sure.
  ask(id, question) {
    this.asking.set(id, question);
    this.keep.setAsk(`draft ${id}`, question);
    this.tell({ ask: id });
  }

  forget(id) {
    this.asking.delete(id);
    this.keep.setAsk(`draft ${id}`, null);
  }

  asked(id, isSure) {
    const question = this.asking.get(id);
    this.forget(id);
    if (question?.isKnown) this.keep.setSaw(id, this.store.lastLine(id), { text: question.deed.text }); // asked once: what one keeps and mends is no longer behind
    this.tell({ ask: id, type: id });
    if (isSure && question) this.say(id, { ...question.deed, ...(question.isKnown ? { sure: true } : {}) }, { sure: true });
  }

  // Ask about what stands in no draft; `onAnswer` hears what comes of it, where the page that did it is still there.
  question(name, deed, ask, onAnswer) {
    const about = deed.ids.map((id) => this.nameOf(id)).filter(Boolean).slice(0, 3).join(", ");
    const asked = { deed, about, ...ask };
    this.keep.setAsk(name, asked);
    this.questions.push({ ...asked, name, onAnswer });
    this.tell({ question: true });
  }

  // How a question reads that may come long after the deed: what it is about, and the text that would go out.
  asksOver(question) {
    const { deed, about, text, confirm, open, offer } = question;
    const { store } = this;
    const key = deed.do === "new" ? "new_chat" : `do_${deed.do}`;
    const what = store.say(key);
    const title = deed.ids.length > 1 ? store.say("many", { what, n: deed.ids.length }) : [what, about].filter(Boolean).join(": ");
    return { title, text, open, offer, words: deed.text, confirm: confirm || store.say("ok"), answered: (isSure) => this.answerQuestion(question, isSure) };
  }

  answerQuestion(question, isSure) {
    if (!this.questions.includes(question)) return; // answered where the desk is drawn a second time
    this.questions = this.questions.filter((one) => one !== question);
    this.keep.setAsk(question.name, null);
    this.tell({ question: true });
    if (isSure) this.do({ ...question.deed, sure: true }, question.onAnswer);
  }

  // What was closed is done with, also where it stays in sight among what was found: if its customer writes again, it is
  // not selected though nobody selected it since.
  done(ids) {
    const closed = new Set(ids);
    if (ids.some((id) => this.selected.has(id))) this.select([...this.selected].filter((id) => !closed.has(id)));
  }

  // What was asked or refused concerns the page that sent the deed; that it was done, all of them.
  takeAnswer(answer) {
    const { deed, onAnswer, isOwn } = this.deeds.answered(answer);
    this.took.answered(answer);
    const [id] = deed?.ids?.length === 1 ? deed.ids : [null];
    if (answer.ok && isOwn && CLOSING.includes(deed.do)) this.done(deed.ids);
    if (answer.ok && isOwn && answer.opened) this.bring(answer.opened, { type: true });
    if (id !== null) {
      if (answer.ok || (isOwn && answer.ask)) this.reasons.delete(id);
      else if (isOwn) this.reasons.set(id, (answer.foot ?? []).map((one) => one.text).join(" "));
      this.tell({ busy: id });
    }
    if (answer.ask && isOwn) this.takeAsk(answer, deed, onAnswer);
    onAnswer?.(answer);
  }

  // A text is asked about where it is written, by whoever waits for the answer; where the page was loaded again before it
  // came nobody does.
  takeAsk({ act, ask }, deed, onAnswer) {
    const isText = deed.text !== undefined;
    if (isText && onAnswer) return;
    const [id] = deed.ids;
    const isHere = isText && deed.ids.length === 1 && this.keep.drafts(id).some((one) => isDraft(one, { text: deed.text }));
    if (isHere) this.ask(id, { deed, ...ask, isKnown: true, isBack: true });
    else this.question(`deed ${act}`, deed, ask, onAnswer);
  }
}
