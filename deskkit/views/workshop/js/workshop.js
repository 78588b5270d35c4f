// The rules workshop: forms and text side by side, what is wrong below the text, and what can be done with it above.

const EDITS = new Set(["edit", "add", "remove", "move", "label"]); // what a form may ask for and be refused
const PAUSE = 400; // ms after the last key before the text is looked at

class WorkshopPage {
  constructor(model, root) {
    this.model = model;
    this.kernel = new Kernel(model, () => this.tick());
    this.kept = new KeptText(model);
    this.labels = {};
    this.families = [];
    this.keys = [];
    this.options = {};
    this.titles = {}; // of groups, by name
    this.versions = [];
    this.spans = [];
    this.may = {};
    this.saveAs = "";
    this.language = "";
    this.name = newAct(); // of this window, among all that show the same text
    this.n = 0; // of the texts that were typed here
    this.turn = 0; // of the text: the last one that was seen here
    this.over = ""; // the text that the kernel has, as far as this window knows
    this.isDirty = false;
    this.awaited = null; // the number of the text that was sent last, until it is answered
    this.seen = 0; // the number of the change that was refused last, as was shown here
    this.origin = null; // what a text that came back had been begun from, until the kernel has it
    this.asked = null; // the text about which a question stands
    this.untaken = null; // what the kernel has in the place of a text that it did not take
    this.say = (key, values) => fill(this.labels[key] ?? "", values || {});
    this.editor = new Editor(this.say, () => this.typed(), (line) => this.stood(line));
    this.forms = new Forms(this);
    this.panels = new Panels(this);
    this.top = el("div", { class: "dk-shop-top" });
    this.said = el("div", { class: "dk-shop-told", role: "status" });
    this.left = el("div", { class: "dk-shop-left", role: "status" });
    this.choice = el("div", { class: "dk-shop-untaken" });
    this.state = el("p", { class: "dk-shop-state", role: "status" });
    this.faults = el("ul", { class: "dk-shop-faults", id: serialName("faults") });
    mark(this.editor.area, "aria-describedby", this.faults.id);
    this.banner = new Banner(this.kernel, (key, values) => this.say(key === "restart" && this.kept.isFailing ? "restart_unkept" : key, values));
    const body = el("div", { class: "dk-shop-body" }, this.forms.root, this.state, el("div", { class: "dk-shop-above" }, this.left, this.choice, this.said), this.editor.root, this.faults);
    root.append(composing(el("div", { class: "dk-shop", tabindex: "-1", "data-lm-suppress-shortcuts": "true", onkeydown: ownKey }, this.banner.el, this.top, body, this.panels.root)));
    this.hear = (message) => this.receive(message);
    model.on("msg:custom", this.hear);
    this.ticking = setInterval(() => this.tick(), 1_000);
    this.kernel.send({ type: "hello" });
  }

  end() {
    this.flush();
    clearInterval(this.ticking);
    this.kernel.end();
    this.model.off?.("msg:custom", this.hear);
  }

  tick() {
    this.kept.follow();
    this.banner.tick(this.kept.isFailing ? [this.say("unkept")] : []);
  }

  receive(message) {
    this.kernel.hear();
    if ((message.to ?? this.name) !== this.name) return; // to another window
    const hear = {
      welcome: () => this.welcome(message),
      checked: () => this.checked(message),
      untaken: () => this.notTaken(message),
      refused: () => this.refused(message),
      said: () => this.hearSaid(message),
      trial: () => this.tried(message),
      versions: () => this.listed(message),
      difference: () => this.differed(message, "versions"),
      overtaken: () => this.differed(message, "overtaken"),
    }[message.type];
    if (hear) hear();
  }

  // ---------------------------------------------------------------- to the kernel

  // Whether it went out; where it did not, that is said in the place of what would have come of it, and what was `typed`
  // in a form is kept.
  send(message, typed) {
    if (this.untaken) {
      this.tell({ text: this.say("untaken_first"), wrong: true });
      return false;
    }
    this.flush();
    if (EDITS.has(message.type)) this.n += 1;
    const isOut = this.kernel.send(this.marked(message));
    this.tell({ text: isOut ? "" : this.say("not_done"), wrong: !isOut });
    if (!isOut && typed) this.kept.leave(typed);
    return isOut;
  }

  // Whatever changes or uses the text says which one this window shows.
  marked(message) {
    const shown = { text: this.editor.text, seen: this.seen, ...(this.origin && { begun: this.origin }) };
    return { ...message, window: this.name, n: this.n, turn: this.turn, ...(["text", "live", "save", "try"].includes(message.type) && shown) };
  }

  typed() {
    this.n += 1;
    this.isDirty = true;
    this.kept.keep(this.editor.text, this.begun, false, this.over);
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.flush(), PAUSE);
  }

  flush() {
    clearTimeout(this.waiting);
    if (!this.isDirty) return;
    this.isDirty = !this.kernel.send(this.marked({ type: "text" }));
    if (!this.isDirty) Object.assign(this, { awaited: this.n, over: this.editor.text });
  }

  // Standing in a rule's lines chooses it in the forms.
  stood(line) {
    clearTimeout(this.standing);
    const [from, to] = this.editor.known.chosen;
    if (line >= from && line <= to) return;
    this.standing = setTimeout(() => !this.kernel.isLost && this.send({ type: "line", line }), PAUSE); // in a text that is only saved no rule is looked for
  }

  get begun() {
    return this.origin ?? this.known?.begun;
  }

  live(saw) {
    this.panels.open = "";
    this.panels.draw();
    this.send({ type: "live", act: newAct(), saw: saw ?? 0 });
  }

  // ---------------------------------------------------------------- from the kernel

  // That another version came into the text is no news where more was typed since: there it is asked about.
  hearSaid(message) {
    const isTyped = this.isDirty || this.awaited !== null || this.untaken !== null;
    if (!("see" in message && isTyped)) this.tell(message);
  }

  welcome(message) {
    const { labels, families, keys, versions, spans, may, language } = message;
    if (language !== this.language) this.tell({ text: "" }); // as the foot of a desk: it is in other words
    Object.assign(this, { labels, families, keys, versions, spans, may, language, saveAs: message.save_as });
    this.panels.days ??= String(message.days || "");
    if (this.panels.open === "versions") this.kernel.send({ type: "versions" }); // what each changed
    this.kept.of(message.key);
    mark(this.editor.area, "aria-label", this.say("by_text"));
    this.drawLeft();
    this.panels.draw();
  }

  checked(message) {
    const isOwn = message.window === this.name;
    const isAnswer = isOwn && this.awaited !== null && message.n >= this.awaited;
    if (this.isDirty || (this.awaited !== null && !isAnswer)) return; // more was typed since, or an answer is to come
    if (this.untaken && !isAnswer) {
      this.ask(); // what differs is another thing now
      return;
    }
    this.awaited = null;
    this.origin = null;
    this.untake(null);
    if (this.known && !isOwn && message.window && message.text !== this.editor.text) this.tell({ text: this.say("elsewhere") });
    this.editor.text = message.text;
    this.over = message.text;
    this.panels.age(message.text);
    this.turn = message.turn;
    this.known = message;
    this.options = message.options ?? this.options;
    this.titles = message.titles ?? this.titles;
    const chosen = message.form?.item?.lines ?? this.editor.known.chosen;
    this.editor.mark({ faults: message.faults, warnings: message.warnings, chosen });
    if (message.shows && chosen) this.editor.show(chosen);
    if (message.form) this.forms.draw(message.form);
    this.forms.root.classList.toggle("dk-shop-stale", !message.form);
    write(this.state, message.form ? message.state : `${message.state} · ${this.say("forms_wait")}`);
    this.state.classList.toggle("dk-shop-wrong", message.faults.length > 0);
    mark(this.editor.area, "aria-invalid", message.faults.length > 0 ? "true" : null);
    renew(this.faults, [message.faults, message.warnings, this.language], () => [
      ...message.faults.map((one) => this.fault(one, "wrong")), ...message.warnings.map((one) => this.fault(one, "odd"))]);
    if (this.panels.open === "overtaken" && message.text !== this.asked) this.panels.toggle("overtaken"); // it asked about another text
    this.drawTop();
    this.hold(message);
  }

  // ---------------------------------------------------------------- a text that was written over another one

  // Send the text that stands here, changed or not.
  ask() {
    this.isDirty = true;
    this.flush();
  }

  // Seen, it may be left out of what is asked for next.
  refused({ fault, window, n }) {
    this.forms.refuse(fault);
    if (window === this.name) this.seen = n;
  }

  notTaken(message) {
    if (this.isDirty || this.awaited === null || message.n < this.awaited) return; // nothing here is without an answer: theirs comes
    this.awaited = null;
    this.origin = this.begun; // if it is put in the place of the other one, it was begun from what it was begun from
    this.untake(message);
  }

  // Two texts, and both stay until somebody chooses: one here, the other wherever the kernel is shown.
  untake(message) {
    this.untaken = message;
    renew(this.choice, [message, this.language], () => (message ? this.choices(message) : []));
    if (!message) return;
    write(this.state, this.say("untaken"));
    this.state.classList.add("dk-shop-wrong");
    this.drawTop();
  }

  choices({ lines }) {
    const choose = (name, act) => el("button", { type: "button", class: "dk-button", "data-at": name, onclick: () => {
      act();
      this.editor.area.focus({ preventScroll: true });
    } }, this.say(name));
    return [
      el("div", { class: "dk-shop-tools" }, choose("untaken_mine", () => this.keepMine()), choose("untaken_theirs", () => this.takeTheirs())),
      el("details", { open: this.choice.querySelector("details")?.open === true }, el("summary", {}, this.say("difference")), differenceTable(lines, this.say)),
    ];
  }

  keepMine() {
    this.turn = this.untaken.turn; // seen, and written over
    this.ask();
  }

  takeTheirs() {
    this.editor.text = this.untaken.text;
    this.n += 1;
    this.origin = null;
    this.untake(null);
    this.kernel.send({ type: "hello" }); // what is known of it, or of a later one
  }

  // What is not live yet is kept in the page: a kernel started anew begins with the policy in force, and is told it again.
  hold({ changed, begun }) {
    const back = this.kept.back({ changed, text: this.editor.text });
    if (back === null) {
      this.kept.keep(changed ? this.editor.text : null, this.begun, true, this.over);
      return;
    }
    this.origin = back.begun ?? null;
    this.editor.text = back.text;
    if (changed && back.over !== this.over) this.turn = -1; // others wrote meanwhile what it was not written over
    this.typed();
    this.flush();
    this.tell({ text: this.say(back.begun === begun ? "text_back" : "text_back_other") });
  }

  // What forms could not send stands until it is put away: one types it in again from here.
  drawLeft() {
    const left = this.kept.left();
    renew(this.left, [left, this.language], () => (left.length ? [
      el("div", {}, el("p", {}, this.say("form_left")), el("ul", {}, ...left.map(([, text]) => el("li", { dir: "auto" }, text)))),
      button(this.say("close"), { class: "dk-icon", onclick: () => {
        this.kept.putAway();
        this.drawLeft();
      } }, picture("close")),
    ] : []));
  }

  fault(one, kind) {
    const sign = kind === "wrong" ? "✕" : "!";
    const go = button(this.say("go_to", { line: one.line }), { class: "dk-link", onclick: () => this.editor.go(one.line) }, `${sign} ${this.say("line", { line: one.line })}`);
    return el("li", { class: `dk-shop-fault dk-shop-fault-${kind}` }, go, el("div", {}, ...faultTexts(one, this.say)));
  }

  drawTop() {
    const { known, panels, may } = this;
    if (!known) return;
    const { title, print, faults, back, changed } = known;
    const isUntaken = this.untaken !== null;
    textKeeping(this.editor, this.top, () => renewKeeping(this.top, [title, print, faults.length > 0, back, changed, isUntaken, panels.open, may, this.language], () => {
      const tool = (name, icon) => el("button", { type: "button", class: `dk-button ${panels.open === name ? "dk-on" : ""}`, "aria-expanded": panels.open === name, "data-at": name, onclick: () => panels.toggle(name) }, picture(icon), this.say(name));
      const live = may.live ? el("button", { type: "button", class: "dk-button dk-main", "data-at": "live", disabled: isUntaken || !changed || faults.length > 0, onclick: () => this.live() }, picture("bolt"), this.say("live")) : null;
      return [
        el("strong", { class: "dk-shop-title", dir: "auto" }, title), el("code", { title: this.say("print") }, print), el("span", { class: "dk-gap" }),
        el("button", { type: "button", class: "dk-button", "data-at": "back", disabled: !back, onclick: () => this.send({ type: "back" }) }, picture("undo"), this.say("undo")),
        el("button", { type: "button", class: "dk-button", "data-at": "anew", disabled: !changed, onclick: () => this.send({ type: "anew" }) }, this.say("take_back")),
        tool("trial", "search"), tool("versions", "clock"), tool("file", "file"), live,
      ].filter(Boolean);
    }));
  }

  // What is said stands above the text, a line each, and takes its room from the editor, so that nothing else moves; the
  // next thing asked for takes it away.
  tell({ text, wrong, details = [], see = null }) {
    const lines = text ? text.split("\n").map((line) => el("p", { dir: "auto" }, line)) : [];
    const more = details.length ? el("details", {}, el("summary", {}, this.say("details", { n: details.length })),
      el("ul", {}, ...details.map((line) => el("li", { dir: "auto" }, line)))) : null;
    const differs = see === null ? null : el("button", { type: "button", class: "dk-button", "data-at": "differs", onclick: () => this.send({ type: "version", seq: see }) }, this.say("difference"));
    const close = lines.length ? button(this.say("close"), { class: "dk-icon", onclick: () => this.tell({ text: "" }) }, picture("close")) : null;
    this.said.replaceChildren(...(lines.length ? [el("div", {}, ...lines, ...[more, differs].filter(Boolean)), close] : []));
    this.said.classList.toggle("dk-shop-wrong", wrong === true);
  }

  tried(message) {
    this.panels.trial = message;
    if (this.panels.open === "trial") this.panels.draw();
  }

  listed({ versions }) {
    this.versions = versions;
    if (this.panels.open === "versions") this.panels.draw();
  }

  differed(message, name) {
    if (name === "versions" && this.panels.open !== name) this.kernel.send({ type: "versions" }); // what each changed
    this.panels.open = name;
    this.panels.shown = message;
    this.asked = this.editor.text;
    this.drawTop();
    this.panels.draw();
    if (name === "overtaken") this.panels.ask();
    else this.panels.showDifference();
  }
}

// A function, called once per widget, as of the desk.
export default () => ({
  initialize({ model }) {
    hears(model);
  },
  render({ model, el: root }) {
    const page = new WorkshopPage(model, root);
    return () => page.end();
  },
});
