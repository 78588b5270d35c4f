// Where a text is written. The draft is kept with every letter, and goes only when the desk has taken the text.

const TELL_MS = 5_000; // between two words to the others that somebody drafts here
const IDLE_MS = 10_000;
const QUICK = /(^|\s)\/(\S*)$/;
const WAYS = { // where a text goes: to the customer, or to colleagues only
  reply: { deed: { do: "reply" } },
  note: { deed: { do: "note", pinned: false }, icon: "note", label: "do_note", hint: "note_hint" },
  pin: { deed: { do: "note", pinned: true }, icon: "pin", label: "pin_note", hint: "note_hint" },
  whisper: { deed: { do: "whisper" }, icon: "whisper", label: "whisper", hint: "whisper_hint" },
};

class Composer {
  constructor(desk, id) {
    this.desk = desk;
    this.id = id;
    this.toldAt = -Infinity;
    this.isTelling = false;
    this.options = el("div", { class: "dk-quick", role: "listbox", id: serialName("quick"), hidden: true });
    this.text = el("textarea", {
      class: "dk-draft-text", rows: "2", dir: "auto", "aria-autocomplete": "list", "aria-controls": this.options.id,
      oninput: () => this.wrote(),
      onkeydown: (event) => this.pressed(event),
      onselect: () => this.rememberSelection(),
      onkeyup: () => this.rememberSelection(),
      onpointerup: () => this.rememberSelection(),
      onblur: () => this.leaveQuick(),
    });
    this.send = el("button", { type: "button", class: "dk-button dk-main", onclick: () => this.say(this.way) });
    const inward = Object.keys(WAYS).filter((way) => way !== "reply");
    this.inward = inward.map((way) => el("button", { type: "button", class: "dk-button", "data-way": way, onclick: () => this.turn(way) }));
    this.outward = el("button", { type: "button", class: "dk-button", "data-way": "reply", onclick: () => this.turnOut() });
    this.quick = button("", { class: "dk-icon", onpointerdown: (event) => event.preventDefault(), onclick: () => this.beginQuick() }, picture("bolt"));
    this.question = el("div", { class: "dk-question", role: "alertdialog", tabindex: "-1", hidden: true, onkeydown: (event) => this.questioned(event) });
    this.refused = el("div", { class: "dk-refused", role: "alert", hidden: true });
    this.apart = el("div", { class: "dk-apart", role: "status", hidden: true });
    this.shown = NO_DRAFT; // of the drafts that are kept, the one that stands here
    this.buttons = el("div", { class: "dk-buttons" });
    this.el = el("div", { class: "dk-composer" }, this.apart, this.question, this.refused, this.options, this.text, this.buttons);
    this.buttons.append(this.send, this.outward, this.quick, el("span", { class: "dk-gap" }), ...this.inward);
    this.takeDraft();
    const sel = desk.seat.keep.place(id)?.sel;
    const [from, to] = Array.isArray(sel) ? sel : [this.text.value.length, this.text.value.length];
    this.text.setSelectionRange(from, to);
  }

  draw(page) {
    const { store, seat } = this.desk;
    const name = seat.nameOf(this.id);
    const isBusy = seat.deeds.isBusy(this.id);
    this.takeDraft(); // sent, or written in another window
    this.drawOld(page);
    const { label } = WAYS[this.way];
    const isUnheard = page !== null && page.to === null; // nobody but oneself would get a whisper
    const about = label ? `${store.say(label)}: ${this.hint(this.way, page)}` : store.say("write_to", { name });
    mark(this.text, "placeholder", about);
    mark(this.text, "aria-label", about);
    this.el.classList.toggle("dk-inward", this.way !== "reply");
    mark(this.options, "aria-label", store.say("quick_replies"));
    write(this.send, isBusy ? store.say("sending") : this.way === "whisper" && page?.to ? store.say("whisper_to", { name: page.to.text }) : label ? store.say(label) : store.say("send_to", { name }));
    mark(this.send, "title", store.say("send_hint"));
    for (const name of ["aria-label", "title"]) mark(this.quick, name, store.say("quick_replies"));
    this.quick.hidden = quickReplies(store, this.id).length === 0;
    for (const node of this.inward) {
      const { icon, label: key } = WAYS[node.dataset.way];
      renew(node, [key, store.language], () => [picture(icon), el("span", { class: "dk-tool-text" }, store.say(key))]);
      mark(node, "aria-label", store.say(key));
      mark(node, "aria-pressed", this.way === node.dataset.way);
      mark(node, "title", `${store.say(key)}: ${this.hint(node.dataset.way, page)}`);
    }
    this.send.hidden = this.way === "reply" && page !== null && page.may.length > 0 && !page.may.includes("reply");
    renew(this.outward, store.language, () => [picture("undo"), el("span", { class: "dk-tool-text" }, store.say("reply_instead"))]);
    mark(this.outward, "aria-label", store.say("reply_instead"));
    mark(this.outward, "title", `${store.say("reply_instead")}: ${store.say("write_to", { name })}`);
    this.outward.hidden = this.way === "reply";
    this.outward.disabled = isBusy;
    for (const one of [this.send, ...this.inward]) one.disabled = isBusy || page === null || (isUnheard && (one === this.send ? this.way === "whisper" : one.dataset.way === "whisper" && this.way !== "whisper"));
    const reason = seat.reasons.get(this.id) ?? "";
    this.refused.hidden = reason === "";
    write(this.refused, reason);
    this.drawApart();
    this.drawQuestion(name);
  }

  // Of what goes on as another conversation nothing is written here; a text that was begun can still be read and copied.
  drawOld(page) {
    const isOld = Boolean(page?.on);
    this.el.hidden = isOld && !this.text.value.trim();
    this.text.readOnly = isOld;
    this.buttons.hidden = isOld;
  }

  // Text and way as they are kept, always both of them; returns whether the text became another. What is written here stays
  // while it is among them; else another window wrote on, or sent it. A question about another text is none any more.
  takeDraft() {
    const { seat } = this.desk;
    const draft = seat.keep.draft(this.id, this.shown);
    const { text, way } = draft;
    const about = seat.asking.get(this.id)?.deed;
    if (about && (about.text !== text || about.do !== WAYS[way].deed.do)) seat.forget(this.id);
    const isOther = text !== this.text.value;
    if (isOther) {
      const { selectionStart, selectionEnd } = this.text;
      this.text.value = text;
      this.text.setSelectionRange(selectionStart, selectionEnd); // past its end it is the end
    }
    [this.shown, this.way] = [draft, way];
    return isOther;
  }

  // Where two windows wrote at once each goes on with its own text, and is told of the other's.
  drawApart() {
    const { seat, store } = this.desk;
    const other = seat.keep.drafts(this.id).find((one) => !isDraft(one, this.shown)) ?? null;
    this.apart.hidden = other === null;
    renew(this.apart, [store.language, other], () => (other === null ? [] : [picture("pen"),
      el("span", { class: "dk-apart-text", dir: "auto", title: other.text }, store.say("apart", { words: other.text })),
      el("button", { type: "button", class: "dk-button", onclick: () => this.takeOther(other) }, store.say("apart_take")),
      el("button", { type: "button", class: "dk-button", onclick: () => this.dropOther(other) }, store.say("apart_drop"))]));
  }

  // Write on in the other text; the one that stood here stays beside it.
  takeOther(other) {
    this.shown = other;
    this.draw(this.desk.store.pages.get(this.id) ?? null);
    this.text.focus();
  }

  dropOther(other) {
    this.desk.seat.keep.dropDraft(this.id, other);
    this.draw(this.desk.store.pages.get(this.id) ?? null);
    this.text.focus();
  }

  hint(way, page) {
    const { store } = this.desk;
    if (way === "whisper" && page !== null && page.to === null) return store.say("whisper_none");
    return store.say(WAYS[way].hint, { name: page?.to?.text ?? "" });
  }

  // ---------------------------------------------------------------- drafting

  wrote() {
    if (this.desk.seat.asking.has(this.id)) this.desk.seat.asked(this.id, false); // it was about another text
    this.keepDraft(this.way);
    this.rememberSelection();
    this.offerQuick();
    this.tellDrafting();
    this.desk.seat.tell({ draft: this.id });
  }

  keepDraft(way) {
    const { seat, store } = this.desk;
    this.shown = seat.keep.setDraft(this.id, { text: this.text.value, way, saw: store.lastLine(this.id) }, this.shown);
  }

  rememberSelection() {
    const { keep } = this.desk.seat;
    const place = keep.place(this.id) ?? {};
    keep.setPlace(this.id, { ...place, sel: [this.text.selectionStart, this.text.selectionEnd] });
  }

  tellDrafting() {
    const has = this.text.value.trim() !== "";
    const now = performance.now();
    clearTimeout(this.idling);
    if (has) this.idling = setTimeout(() => this.stopTelling(), IDLE_MS);
    if (has && (!this.isTelling || now - this.toldAt >= TELL_MS)) {
      [this.isTelling, this.toldAt] = [true, now];
      this.desk.store.send({ type: "draft", id: this.id, has: true });
    } else if (!has) this.stopTelling();
  }

  stopTelling() {
    clearTimeout(this.idling);
    if (!this.isTelling) return;
    this.isTelling = false;
    this.desk.store.send({ type: "draft", id: this.id, has: false });
  }

  // ---------------------------------------------------------------- sending

  // Send what is written another way; where nothing is written yet, write it that way.
  turn(way) {
    const isVain = way === this.way && this.send.disabled; // a whisper that nobody would get: a note is as inward
    if (this.text.value.trim() && isVain) this.goBy("note");
    else if (this.text.value.trim()) this.say(way);
    else this.goBy(this.way === way ? "reply" : way);
    this.text.focus();
  }

  // Write to the customer what was meant for colleagues; sent it is only by another press.
  turnOut() {
    this.goBy("reply");
    this.text.focus();
  }

  goBy(way) {
    this.keepDraft(way);
    this.draw(this.desk.store.pages.get(this.id) ?? null);
  }

  say(way) {
    this.leaveQuick();
    if (this.text.readOnly) return;
    const isOther = this.takeDraft(); // sent or changed in another window just now: nobody has read what stands here
    const text = this.text.value;
    if (isOther || !text.trim() || this.desk.seat.deeds.isBusy(this.id)) {
      this.draw(this.desk.store.pages.get(this.id) ?? null);
      this.text.focus();
      return;
    }
    this.stopTelling();
    const to = way === "whisper" ? (this.desk.store.pages.get(this.id)?.to ?? null) : null;
    if (way === "whisper" && to === null) return;
    if (way !== this.way) this.goBy(way); // until the desk has taken the text: refused, it is still meant for whom it was
    this.desk.seat.say(this.id, { ...WAYS[way].deed, ...(to ? { to: to.k } : {}), text });
  }

  drawQuestion(name) {
    const { store, seat } = this.desk;
    const question = seat.asking.get(this.id);
    const isLeft = question === undefined && this.question.contains(this.question.getRootNode().activeElement);
    if (isLeft) this.text.focus(); // a key that was meant for an answer must do nothing else
    this.question.hidden = question === undefined || this.text.readOnly;
    if (question === this.asked) return;
    this.asked = question;
    if (!question) return;
    const words = el("span", { id: serialName("question"), dir: "auto" }, question.text);
    mark(this.question, "aria-labelledby", words.id);
    this.question.replaceChildren(picture("bolt"), words, el("span", { class: "dk-gap" }),
      el("button", { type: "button", class: "dk-button dk-main dk-sure", onclick: () => seat.asked(this.id, true) }, question.confirm || store.say("send_to", { name })),
      el("button", { type: "button", class: "dk-button", onclick: () => seat.asked(this.id, false) }, store.say("cancel")));
    if (!question.isBack) this.question.focus(); // not the button: a second Enter must not answer
  }

  questioned(event) {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    this.desk.seat.asked(this.id, false);
  }

  // ---------------------------------------------------------------- quick replies

  // Offer them by a click: as if a slash had been typed where one writes.
  beginQuick() {
    const { selectionStart, value } = this.text;
    const isApart = /(^|\s)$/.test(value.slice(0, selectionStart));
    this.text.focus();
    if (!QUICK.test(value.slice(0, selectionStart))) {
      this.begun = { from: selectionStart, slash: isApart ? "/" : " /" };
      this.text.setRangeText(this.begun.slash, selectionStart, selectionStart, "end");
    }
    this.wrote();
  }

  offerQuick() {
    const { selectionStart, value } = this.text;
    const found = QUICK.exec(value.slice(0, selectionStart));
    const query = found?.[2].toLowerCase() ?? "";
    const suits = (one) => `${one.short} ${one.title} ${one.text}`.toLowerCase().includes(query);
    const isNamed = (one) => one.short.toLowerCase().startsWith(`/${query}`);
    const passing = found ? quickReplies(this.desk.store, this.id).filter(suits).sort((a, b) => isNamed(b) - isNamed(a)) : [];
    this.offered = passing;
    this.at = 0;
    this.options.hidden = passing.length === 0;
    this.options.replaceChildren(...passing.map((one, n) => el("div", {
      class: "dk-entry", role: "option", id: serialName("option"), "aria-selected": n === 0,
      onpointerdown: (event) => event.preventDefault(), onclick: () => this.takeQuick(one),
    }, el("b", null, one.short), el("span", null, one.title), el("span", { class: "dk-faintly dk-entry-text" }, one.text))));
    mark(this.text, "aria-activedescendant", passing.length ? this.options.firstChild.id : null);
  }

  closeQuick() {
    this.options.hidden = true;
    mark(this.text, "aria-activedescendant", null);
  }

  // Close them unused: a slash that only the button wrote goes with them, for it would be sent.
  leaveQuick() {
    const { begun, text } = this;
    this.begun = null;
    if (begun) {
      const end = begun.from + begun.slash.length;
      const isAlone = text.value.slice(begun.from, end) === begun.slash && /^(\s|$)/.test(text.value.slice(end));
      if (isAlone) {
        text.setRangeText("", begun.from, end, "end");
        this.wrote();
      }
    }
    this.closeQuick();
  }

  moveQuick(by) {
    const all = [...this.options.children];
    this.at = (this.at + by + all.length) % all.length;
    all.forEach((one, n) => mark(one, "aria-selected", n === this.at));
    all[this.at].scrollIntoView({ block: "nearest" });
    mark(this.text, "aria-activedescendant", all[this.at].id);
  }

  takeQuick(one) {
    const { selectionStart, value } = this.text;
    const from = value.slice(0, selectionStart).replace(QUICK, "$1").length;
    this.text.setRangeText(one.text, from, selectionStart, "end");
    this.begun = null;
    this.closeQuick();
    this.wrote();
    this.closeQuick();
    this.text.focus();
  }

  pressed(event) {
    const isOffering = !this.options.hidden;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.say(this.way);
    else if (isOffering && (event.key === "ArrowDown" || event.key === "ArrowUp")) this.moveQuick(event.key === "ArrowDown" ? 1 : -1);
    else if (isOffering && (event.key === "Enter" || event.key === "Tab")) this.takeQuick(this.offered[this.at]);
    else if (isOffering && event.key === "Escape") this.leaveQuick();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

// The quick replies that suit a conversation, with its names put in; a name that is not known leaves no gap.
function quickReplies(store, id) {
  const { quick, blanks } = store.pages.get(id) ?? EMPTY_PAGE;
  const named = (text) => text.replace(/ ?\{(\w+)\}/g, (all, name) => (blanks[name] ? all.replace(`{${name}}`, () => blanks[name]) : ""));
  return quick.map((place) => store.choices.quick[place]).filter(Boolean).map((one) => ({ ...one, text: named(one.text) }));
}
