// The desk: what belongs to one model, how often it is drawn, and one drawing of it.

const BEAT_MS = 1_000;

class Desk {
  constructor(model) {
    this.store = new Store(model);
    this.deeds = new Deeds(this.store);
    this.seat = new Seat(this.store, this.deeds);
    this.front = new Front(model, this.store);
    this.store.listen((change) => this.heard(change));
    this.hear = (message) => this.store.receive(message);
    this.hash = () => this.seat.keep && this.seat.openHash();
    model.on("msg:custom", this.hear);
    // What another window wrote, sent or took away stands here at once: nobody writes on in what is no more.
    this.elsewhere = (event) => {
      if (!this.seat.keep?.isChangedBy(event)) return;
      this.seat.keep.hold(event);
      this.store.tell({ draft: true, busy: true });
    };
    addEventListener("hashchange", this.hash);
    addEventListener("storage", this.elsewhere);
    this.screens = 0;
    this.timer = null;
    this.begin();
  }

  begin() {
    this.timer = setInterval(() => this.beat(), BEAT_MS);
    this.front.tell();
    this.store.hello({ isNow: true });
  }

  shown() {
    this.screens += 1;
    if (this.timer === null) this.begin();
  }

  // Where a cell was run again, its old desk is drawn nowhere: the kernel need not work for it.
  hidden() {
    this.screens -= 1;
    if (this.screens) return;
    clearInterval(this.timer);
    this.timer = null;
    this.store.send({ type: "bye", page: pageName() });
    this.store.kernel.rest();
  }

  heard(change) {
    if (change.anybody && this.timer !== null) this.store.hello({ isNow: true }); // another browser's desk was closed, not this one
    if (change.all) this.seat.settle();
    else if ((change.rows?.size || change.order) && this.seat.keep && this.seat.openMine()) this.seat.changed();
    if (change.epoch) this.speakAgain();
    if (change.answer) this.seat.takeAnswer(change.answer);
    if (change.found) this.seat.takeFound(change.found);
    if (change.refound) this.seat.takeRows(change.refound);
    if (change.rows?.size || change.order || change.refound || change.all) this.seat.took.look();
    if (change.open) this.open(change.open);
  }

  // What is chosen is spoken by the next run of the cell too, where nobody asks for another language there.
  speak(language) {
    this.seat.keep.write(LOCAL, "language", { language });
    this.store.send({ type: "language", language });
  }

  speakAgain() {
    const { language } = this.seat.keep.read(LOCAL, "language");
    if (!this.store.isAsked && typeof language === "string" && language !== this.store.language) this.store.send({ type: "language", language });
  }

  // Chosen on another board: the desk comes to the front with it, on the page where it was chosen.
  open({ id, page }) {
    if (page && page !== pageName()) return;
    this.front.come();
    this.seat.bring(id);
  }

  beat() {
    this.front.beat();
    const { kernel } = this.store;
    if (kernel.staleFor() > 0 || kernel.pulse.unanswered !== null) this.store.hello();
    this.store.tell({ tick: true });
  }

  dispose() {
    clearInterval(this.timer);
    this.front.end();
    this.store.kernel.end();
    removeEventListener("hashchange", this.hash);
    removeEventListener("storage", this.elsewhere);
    this.store.model.off?.("msg:custom", this.hear);
  }
}

class Screen {
  constructor(desk, host) {
    this.desk = desk;
    this.bar = new Bar(this);
    this.banner = new Banner(desk.store.kernel, (key, values) => desk.store.say(key, values));
    this.find = new Find(this);
    this.list = new List(desk);
    this.list.released = () => this.find.draw(this.list.order.shown.length); // it lets go by itself, while nothing new comes
    this.bulk = new Bulk(desk, this.list);
    this.tabs = new Tabs(desk);
    this.panes = new Panes(desk);
    this.foot = new Foot(desk);
    this.split = new Split(desk);
    const west = el("section", { class: "dk-west" }, this.find.el, this.bulk.el, this.list.el, this.foot.el);
    this.el = el(
      "div",
      { class: "dk-desk dk-live", "data-lm-suppress-shortcuts": "true", tabindex: "-1", onkeydown: (event) => pressedKey(this, event), "aria-busy": "true" },
      this.bar.el,
      this.banner.el,
      el("div", { class: "dk-work" },
        west,
        this.split.beside(west),
        el("section", { class: "dk-east" }, this.tabs.el, this.panes.el)),
    );
    host.append(givesBack(composing(this.el)));
    this.pending = {};
    this.stop = desk.store.listen((change) => this.heard(change));
    desk.shown();
    if (desk.store.key !== null) this.heard({ all: true });
  }

  // ---------------------------------------------------------------- drawing, at most once per frame

  heard(change) {
    for (const [key, value] of Object.entries(change)) {
      if (key === "type") this.typeIn = value ?? this.typeIn;
      else if (value instanceof Set ? value.size : value) this.pending[key] = true;
    }
    if (change.file) this.panes.openFile(change.file);
    if (change.tick) return this.tick();
    return (this.frame ??= requestAnimationFrame(() => this.draw()));
  }

  draw() {
    this.frame = null;
    const { desk, pending } = this;
    this.pending = {};
    if (desk.store.key === null) return;
    const isHere = this.el.contains(this.el.getRootNode().activeElement);
    const isAll = pending.all;
    const isChosen = isAll || pending.choices;
    // The list first: it measures, and what is measured before anything was written costs no layout of its own.
    if (isChosen || pending.rows || pending.order || pending.listing || pending.tabs || pending.selection) this.drawList(pending);
    mark(this.el, "aria-busy", null);
    mark(this.el, "lang", desk.store.language === "zh" ? "zh-CN" : "en");
    if (isAll || pending.head) this.bar.draw();
    if (isChosen || pending.rows || pending.tabs || pending.pages || pending.draft) this.drawTabs();
    if (isChosen || pending.rows || pending.tabs || pending.pages || pending.ask || pending.busy || pending.answer) this.panes.draw();
    this.panes.label(this.tabs.nodes);
    if (isAll || pending.foot || pending.undo) this.foot.draw();
    if (isAll) this.split.draw();
    if (!this.isDrawn) {
      this.comeIntoSight();
      desk.front.wake(); // whoever sees the desk clicks on its tabs before the next beat
    }
    this.isDrawn = true;
    this.warn();
    if (isAll || pending.question) this.ask();
    this.nameCrowded?.();
    if (desk.seat.crowded && this.el.getClientRects().length > 0) this.nameCrowded = openCrowded(desk, this.tabs.el);
    if (this.typeIn) {
      this.panes.write(this.typeIn);
      this.typeIn = null;
    }
    if (isHere) this.holdFocus();
  }

  // One question after the other: what opens over the page closes what is open there.
  ask() {
    const [question] = this.desk.seat.questions;
    if (question === this.asked) return;
    if (this.question?.isConnected) this.question.hidePopover();
    this.asked = question;
    this.question = question && openQuestion(this.desk, this.foot.el, this.desk.seat.asksOver(question));
  }

  // Whoever ran the cell and stays at it wants to see what came of it: all of it, with the tabs around, where that fits.
  comeIntoSight() {
    const output = this.el.closest(".jp-Cell.jp-mod-active .jp-OutputArea-output");
    output?.scrollIntoView({ block: "nearest" });
  }

  // What had the focus may be gone or hidden now: keys must not reach the notebook's own commands all the same.
  holdFocus() {
    const active = this.el.getRootNode().activeElement;
    if (!this.el.contains(active) || active.getClientRects().length === 0) this.el.focus({ preventScroll: true });
  }

  drawList(pending) {
    const isSame = !pending.order && !pending.all && !pending.listing && !pending.choices && !pending.rows;
    if (isSame) this.list.paint();
    else if (pending.top) this.list.release(true); // what was sought or narrowed begins at its first
    else this.list.draw(pending.listing === true);
    this.find.draw(this.list.order.shown.length);
    this.bulk.draw();
  }

  drawTabs() {
    const panels = new Map(this.desk.seat.front.map((id) => [id, this.panes.panes.get(id)?.el]).filter(([, node]) => node));
    this.tabs.draw(panels);
  }

  tick() {
    if (this.desk.store.key === null) return;
    this.bar.tick();
    this.list.tick();
    this.tabs.tick();
    this.panes.tick();
    this.warn();
  }

  warn() {
    const { store, seat } = this.desk;
    this.banner.tick(seat.keep?.isFailing ? [store.say("unkept")] : []);
  }

  // ---------------------------------------------------------------- focus

  toList() {
    this.list.box.focus();
    return true;
  }

  toSearch() {
    this.find.input.focus();
    this.find.input.select();
    return true;
  }

  openKeys() {
    const over = openOver(this.bar.keys, this.desk.store.say("keys"), keyTable(this.desk.store));
    over.addEventListener("keydown", (event) => event.key === "?" && over.hidePopover()); // as it was opened
    return true;
  }

  dispose() {
    this.stop();
    this.desk.hidden();
    cancelAnimationFrame(this.frame);
    for (const { observer } of [this.list, this.panes]) observer.disconnect();
    for (const pane of this.panes.panes.values()) pane.dispose();
    this.el.remove();
  }
}

// Where the kernel closed a desk that a page shows, as one that slept while the cell was run again in another window,
// JupyterLab takes the desk away and leaves its place empty: that says then what to press.
function leaveWord({ real }, host, word) {
  const leave = () => host.closest(".jp-OutputArea-child")?.append(el("p", { class: "dk-closed", role: "alert" }, word()));
  real?.on?.("comm:close", leave);
  return () => real?.off?.("comm:close", leave);
}

// A function, called once per widget: anywidget gives `initialize` and `render` different faces of the same model.
export default () => {
  let desk = null;
  return {
    initialize({ model }) {
      hears(model);
      desk = new Desk(model);
      return () => desk.dispose();
    },
    render({ model, el: host }) {
      desk ??= new Desk(model);
      const screen = new Screen(desk, host);
      const forget = leaveWord(desk.store.kernel, host, () => desk.store.say("closed"));
      return () => {
        forget();
        screen.dispose();
      };
    },
  };
};
