// What survives a reload: drafts, unsent deeds, open questions and tabs by the log's and the person's key. Two windows may
// hold the same desk, so each entry is put into what is there at that moment.

const LOCAL = "localStorage"; // named, not held: a browser that forbids them throws where they are looked up
const SESSION = "sessionStorage";
const DAY_MS = 24 * 3_600_000;
const OLD_DEED_MS = 10 * 60_000;
const UNSEEN_MS = 5_000; // in which what is written here comes to all windows
const OLD_MS = 30 * DAY_MS; // what nobody opened for so long goes
const KEPT = /^deskkit:(.*):(drafts|acts|tabs|list|language|used)$/s;

// What a kept text says; of one that is none, nothing.
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const isMapping = (found) => typeof found === "object" && found !== null && !Array.isArray(found);

// Whether what was found kept can be a deed: a browser's own may have been written by anybody.
function isDeed(found) {
  const isText = (one) => typeof one === "string";
  return isMapping(found) && isText(found.do) && Array.isArray(found.ids) && found.ids.every(isText) && (found.text === undefined || isText(found.text));
}

const NO_DRAFT = { text: "", way: "reply", saw: null };

// A text and its way in one: nothing that was meant for colleagues may come back as a reply. Of one whose way is not
// known, it is a note, which no customer sees.
function asDraft({ text, way, saw }) {
  return { text: String(text ?? ""), way: Object.hasOwn(WAYS, way) ? way : "note", saw: Number.isInteger(saw) ? saw : null };
}

// Whether a draft is the one that is sought: by its text, and by its way where that is known.
const isDraft = (one, sought) => one.text === sought.text && (sought.way === undefined || one.way === sought.way);

class Keep {
  constructor(key) {
    this.key = key;
    this.memory = new Map(); // what the browser could not keep, this page does
    this.wrote = new Map(); // by conversation: the draft that was written here last, and when
    this.usedAt = -Infinity;
    this.use();
    this.clean();
  }

  read(area, name) {
    if (this.memory.has(name)) return this.memory.get(name);
    try {
      const found = parsed(globalThis[area].getItem(`deskkit:${this.key}:${name}`));
      return isMapping(found) ? found : {};
    } catch {
      return {};
    }
  }

  // What could not be written holds here until something later can be: the browser's own is older.
  write(area, name, value) {
    try {
      globalThis[area].setItem(`deskkit:${this.key}:${name}`, JSON.stringify(value));
      this.memory.delete(name);
    } catch (error) {
      if (!this.memory.has(name)) console.warn("deskkit: the browser keeps nothing", error);
      this.memory.set(name, value);
    }
  }

  // Whether what one types and does here is lost when the page is loaded again.
  get isFailing() {
    return this.memory.has("drafts") || this.memory.has("acts");
  }

  // One entry of a kept mapping; null takes it out.
  put(area, name, id, value) {
    const entries = new Map(Object.entries(this.read(area, name)));
    if (value === null) entries.delete(id);
    else entries.set(id, value);
    this.write(area, name, Object.fromEntries(entries));
  }

  // Take away what was kept for desks that nobody opened here for long; one without a mark of its use gets it now.
  clean() {
    try {
      const kept = Object.keys(localStorage).map((name) => ({ name, key: KEPT.exec(name)?.[1] })).filter(({ key }) => key !== undefined);
      const usedAt = new Map(kept.map(({ key }) => [key, Number(parsed(localStorage.getItem(`deskkit:${key}:used`))?.at)]));
      for (const { name, key } of kept) if (Date.now() - usedAt.get(key) > OLD_MS) localStorage.removeItem(name);
      for (const [key, at] of usedAt) if (Number.isNaN(at)) localStorage.setItem(`deskkit:${key}:used`, JSON.stringify({ at: Date.now() }));
    } catch (error) {
      console.warn("deskkit: what is old stays", error);
    }
  }

  // Go on with what was kept while the log was empty: it tells itself from others only by its first event.
  adopt(before) {
    for (const name of ["drafts", "acts", "tabs", "list", "language"]) {
      const kept = before.read(LOCAL, name);
      if (Object.keys(kept).length === 0) continue;
      this.write(LOCAL, name, { ...kept, ...this.read(LOCAL, name) });
      before.write(LOCAL, name, {});
    }
  }

  // Mark that it is in use, once a day.
  use() {
    const now = Date.now();
    if (now - this.usedAt < DAY_MS) return;
    this.usedAt = now;
    this.write(LOCAL, "used", { at: now });
  }

  // ---------------------------------------------------------------- drafts

  // What is written to a conversation and not sent: one text, or several where two windows wrote at once, the latest first.
  drafts(id, kept = this.read(LOCAL, "drafts")) {
    if (!isMapping(kept) || !Object.hasOwn(kept, id)) return [];
    const first = isMapping(kept[id]) ? kept[id] : { text: kept[id] };
    return [first, ...(Array.isArray(first.others) ? first.others.filter(isMapping) : [])].map(asDraft);
  }

  setDrafts(id, [first, ...others]) {
    this.put(LOCAL, "drafts", id, first === undefined ? null : others.length ? { ...first, others } : first);
  }

  // The one that is sought, else the latest.
  draft(id, sought = NO_DRAFT) {
    const all = this.drafts(id);
    return all.find((one) => isDraft(one, sought)) ?? all[0] ?? NO_DRAFT;
  }

  // Write on. `shown`: what this window had there; what another window wrote meanwhile stays beside it. `saw`: the last line
  // that was there when the text was begun, as far as that is known; it stays until the text is gone.
  setDraft(id, { text, way, saw = null }, shown) {
    const all = this.drafts(id);
    const before = all.find((one) => isDraft(one, shown)) ?? shown;
    const made = { text, way, saw: before.text.trim() ? before.saw : saw };
    const others = all.filter((one) => one !== before && one.text.trim() && !isDraft(one, made));
    this.setDrafts(id, isDraft(made, NO_DRAFT) ? others : [made, ...others]);
    this.wrote.set(id, { draft: made, at: performance.now() });
    return made;
  }

  // Another window wrote. It may not have seen yet what was written here a moment before, and have written that away: it is
  // put back beside the other's. What it had seen it took away, as when it was sent.
  hold({ key, oldValue, newValue }) {
    if (key !== `deskkit:${this.key}:drafts`) return;
    const [before, after] = [oldValue, newValue].map(parsed);
    for (const [id, { draft, at }] of this.wrote) {
      const isIn = (kept) => this.drafts(id, kept).some((one) => isDraft(one, draft));
      if (isIn(after) || !draft.text.trim()) continue;
      if (isIn(before)) this.wrote.delete(id);
      else if (performance.now() - at < UNSEEN_MS) this.setDrafts(id, [...this.drafts(id), draft]);
    }
  }

  dropDraft(id, sought) {
    if (isDraft(this.wrote.get(id)?.draft ?? NO_DRAFT, sought)) this.wrote.delete(id);
    this.setDrafts(id, this.drafts(id).filter((one) => !isDraft(one, sought)));
  }

  // Whoever wrote it knows by now what was said up to a line.
  setSaw(id, saw, sought) {
    this.setDrafts(id, this.drafts(id).map((one) => (isDraft(one, sought) ? { ...one, saw } : one)));
  }

  // Whether another window changed what concerns this one. A key that is null: all was taken away.
  isChangedBy({ key }) {
    return key === null || ["drafts", "acts"].some((name) => key === `deskkit:${this.key}:${name}`);
  }

  // What was written in a form that was put away: in this page, for it is meant for what is selected there.
  form(name) {
    const forms = this.read(SESSION, "forms");
    const kept = Object.hasOwn(forms, name) ? forms[name] : null;
    return kept && typeof kept === "object" ? kept : {};
  }

  setForm(name, values) {
    this.put(SESSION, "forms", name, values);
  }

  // ---------------------------------------------------------------- deeds without an answer yet

  // What is no deed is taken out, and holds up no other.
  acts() {
    const all = Object.entries(this.read(LOCAL, "acts"));
    for (const [act, found] of all) if (!isDeed(found)) this.setAct(act, null);
    return all.filter(([, found]) => isDeed(found));
  }

  act(act) {
    const acts = this.read(LOCAL, "acts");
    return Object.hasOwn(acts, act) && isDeed(acts[act]) ? acts[act] : null;
  }

  setAct(act, deed) {
    this.put(LOCAL, "acts", act, deed);
  }

  // ---------------------------------------------------------------- questions without an answer yet

  // Of this page: whoever loads it again is asked again, and nothing is done unasked.
  asks() {
    return Object.entries(this.read(SESSION, "asks")).filter(([, one]) => isMapping(one) && isDeed(one.deed) && typeof one.text === "string");
  }

  setAsk(name, question) {
    this.put(SESSION, "asks", name, question);
  }

  // ---------------------------------------------------------------- where one was

  place(id) {
    const places = this.read(SESSION, "places");
    return Object.hasOwn(places, id) && isMapping(places[id]) ? places[id] : null;
  }

  setPlace(id, place) {
    this.put(SESSION, "places", id, place);
  }

  tabs() {
    return this.read(LOCAL, "tabs");
  }

  setTabs(tabs) {
    this.use();
    this.write(LOCAL, "tabs", tabs);
  }
}

// ---------------------------------------------------------------- deeds

// Sends deeds, each kept until it is answered, and sent again under the same identity after a reload.
class Deeds {
  constructor(store) {
    this.store = store;
    this.keep = null; // from the first snapshot on
    this.sent = new Map(); // by act: what this page sent; what is kept, another page may have sent
    this.waiting = new Map(); // by act: what to do with the answer
  }

  do(deed, onAnswer) {
    const act = newAct();
    if (onAnswer) this.waiting.set(act, onAnswer);
    this.sent.set(act, deed);
    this.keep.setAct(act, { ...deed, doneAt: Date.now() });
    this.store.send({ type: "act", act, deed });
    return act;
  }

  // Whether a text is on its way to a conversation, from this window or another: it is not sent a second time by hand.
  isBusy(id) {
    return this.keep.acts().some(([, deed]) => deed.text !== undefined && deed.ids.includes(id));
  }

  // What was kept before this page was there counts as sent by it: the one that sent it is most likely gone.
  recall() {
    for (const [act, deed] of this.keep.acts()) this.sent.set(act, deed);
  }

  // What was done long ago is not done by itself now, whatever has happened since: it is only asked what became of it.
  again() {
    for (const [act, { doneAt, ...deed }] of this.keep.acts()) {
      this.store.send({ type: "act", act, deed: Date.now() - doneAt < OLD_DEED_MS ? deed : { ...deed, old: true } });
    }
  }

  // The deed an answer is to and whether this page sent it; the draft it carried is taken away if done. Several pages of
  // one kernel get each answer, and the first of them takes out what they all keep.
  answered(answer) {
    const isOwn = this.sent.has(answer.act);
    const deed = this.sent.get(answer.act) ?? this.keep.act(answer.act);
    this.sent.delete(answer.act);
    this.keep.setAct(answer.act, null);
    const isDone = answer.ok;
    if (deed && isDone && deed.text !== undefined && deed.ids?.length === 1) this.keep.dropDraft(deed.ids[0], { text: deed.text });
    if (deed && isDone && deed.text !== undefined && this.keep.form(deed.do).text === deed.text) this.keep.setForm(deed.do, null);
    const isLost = deed && !isDone && deed.text !== undefined && deed.ids.length !== 1 && !this.keep.form(deed.do).text;
    if (isLost) this.keep.setForm(deed.do, { text: deed.text, customer: deed.customer ?? "", number: String(deed.number ?? "") }); // its page is gone
    const onAnswer = this.waiting.get(answer.act);
    this.waiting.delete(answer.act);
    return { deed, onAnswer, isOwn };
  }
}
