// The foot: what was just done, whole, what the desk decided because of it, to be opened, and what can be taken back. It
// stands under the list, which gives it room without a row moving; with nothing to say it takes none.

class Foot {
  constructor(desk) {
    this.desk = desk;
    this.line = el("div", { class: "dk-happened-line" });
    this.mode = el("div", { class: "dk-happened-line dk-mode" });
    this.said = el("div", { class: "dk-happened", role: "status" }, this.line, this.mode);
    this.rest = el("button", { type: "button", class: "dk-link dk-rest-of", "aria-haspopup": "dialog", onclick: () => this.openRest() });
    this.undo = el("button", { type: "button", class: "dk-tool", onclick: () => this.undoLast() });
    this.more = el("button", { type: "button", class: "dk-tool", onclick: () => openUndo(desk, this.more) });
    this.el = el("div", { class: "dk-ending" }, this.said, this.rest, el("span", { class: "dk-gap" }), this.undo, this.more);
  }

  undoLast() {
    const [latest] = this.desk.store.undo;
    if (latest) this.desk.seat.do({ do: "undo", ids: [], undo: latest.undo });
  }

  // What was done comes first; that peak mode began or ended concerns everybody and has a line of its own.
  draw() {
    const { store } = this.desk;
    const entries = store.foot.filter((one) => one.text);
    const [first, ...others] = entries.filter((one) => one.kind !== "mode");
    const modes = entries.filter((one) => one.kind === "mode");
    renew(this.line, first ?? null, () => (first ? [sentence(first)] : []));
    renew(this.mode, modes, () => modes.map(sentence));
    this.mode.hidden = modes.length === 0;
    this.others = others;
    this.rest.hidden = others.length === 0;
    this.el.classList.toggle("dk-silent", entries.length === 0 && store.undo.length === 0);
    write(this.rest, store.say("rest", { n: others.length }));
    mark(this.said, "title", entries.map((one) => `${one.about ?? ""} ${one.text}`.trim()).join("\n") || null);
    this.drawUndo(store);
  }

  openRest() {
    const list = el("ul", { class: "dk-rest-list", tabindex: "-1" }, ...this.others.map((one) => el("li", null, sentence(one))));
    openOver(this.rest, this.desk.store.say("rest_title"), el("div", { class: "dk-form-over" }, el("b", null, this.desk.store.say("rest_title")), list));
  }

  drawUndo(store) {
    const [latest] = store.undo;
    this.undo.hidden = !latest;
    this.more.hidden = store.undo.length < 2;
    if (!latest) return;
    const words = store.say(latest.own === false ? "undo_of" : "undo_this", { what: latest.text, who: latest.by });
    mark(this.undo, "title", words);
    mark(this.undo, "aria-label", words);
    this.undo.replaceChildren(picture("undo"), el("span", { class: "dk-undo-what", dir: "auto" }, words));
    write(this.more, store.say("recent", { n: store.undo.length }));
  }
}

function sentence(one) {
  return el("span", { class: "dk-sentence" }, one.about ? el("b", { dir: "auto" }, one.about) : null, el("span", { dir: "auto" }, one.text));
}
