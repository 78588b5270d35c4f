// What survives a reload: drafts, unsent deeds and open tabs by the log's and the person's key. Two browser tabs may hold
// the same desk, so each entry is put into what is there at that moment.

class Keep {
  constructor(key) {
    this.key = key;
    this.memory = new Map(); // where the browser keeps nothing, this page does
  }

  read(area, name) {
    try {
      const text = area.getItem(`deskkit:${this.key}:${name}`);
      const found = text === null ? null : JSON.parse(text);
      return found && typeof found === "object" ? found : {};
    } catch {
      return this.memory.get(name) ?? {};
    }
  }

  write(area, name, value) {
    this.memory.set(name, value);
    try {
      area.setItem(`deskkit:${this.key}:${name}`, JSON.stringify(value));
    } catch (error) {
      console.warn("deskkit: the browser keeps nothing", error);
    }
  }

  // One entry of a kept mapping; null takes it out.
  put(area, name, id, value) {
    const entries = new Map(Object.entries(this.read(area, name)));
    if (value === null) entries.delete(id);
    else entries.set(id, value);
    this.write(area, name, Object.fromEntries(entries));
  }

  // ---------------------------------------------------------------- drafts

  draft(id) {
    const drafts = this.read(localStorage, "drafts");
    return Object.hasOwn(drafts, id) ? String(drafts[id]) : "";
  }

  setDraft(id, text) {
    this.put(localStorage, "drafts", id, text === "" ? null : text);
  }

  // ---------------------------------------------------------------- deeds without an answer yet

  acts() {
    return Object.entries(this.read(localStorage, "acts"));
  }

  act(act) {
    const acts = this.read(localStorage, "acts");
    return Object.hasOwn(acts, act) ? acts[act] : null;
  }

  setAct(act, deed) {
    this.put(localStorage, "acts", act, deed);
  }

  // ---------------------------------------------------------------- where one was

  place(id) {
    const places = this.read(sessionStorage, "places");
    return Object.hasOwn(places, id) ? places[id] : null;
  }

  setPlace(id, place) {
    this.put(sessionStorage, "places", id, place);
  }

  tabs() {
    return this.read(localStorage, "tabs");
  }

  setTabs(tabs) {
    this.write(localStorage, "tabs", tabs);
  }
}

// ---------------------------------------------------------------- deeds

// Sends deeds, each kept until it is answered, and sent again under the same identity after a reload.
class Deeds {
  constructor(store) {
    this.store = store;
    this.keep = null; // from the first snapshot on
    this.waiting = new Map(); // by act: what to do with the answer
    this.busy = new Map(); // by conversation: a text on its way
  }

  do(deed, onAnswer) {
    const act = newAct();
    if (onAnswer) this.waiting.set(act, onAnswer);
    this.keep.setAct(act, deed);
    if (deed.text !== undefined) for (const id of deed.ids) this.busy.set(id, act);
    this.store.send({ type: "act", act, deed });
    return act;
  }

  again() {
    for (const [act, deed] of this.keep.acts()) {
      if (deed.text !== undefined) for (const id of deed.ids ?? []) this.busy.set(id, act); // nor by hand a second time
      this.store.send({ type: "act", act, deed });
    }
  }

  // Whether an answer is to a deed of this page; the deed itself is returned, the draft it carried taken away if done.
  answered(answer) {
    const deed = this.keep.act(answer.act);
    this.keep.setAct(answer.act, null);
    for (const [id, act] of this.busy) if (act === answer.act) this.busy.delete(id);
    const isDone = answer.ok;
    if (deed && isDone && deed.text !== undefined && deed.ids?.length === 1 && this.keep.draft(deed.ids[0]) === deed.text) {
      this.keep.setDraft(deed.ids[0], "");
    }
    const onAnswer = this.waiting.get(answer.act);
    this.waiting.delete(answer.act);
    return { deed, onAnswer };
  }
}
