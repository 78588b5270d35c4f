// What is done to the selected conversations, all at once; shown while any is selected.

class Bulk {
  constructor(desk, list) {
    this.desk = desk;
    this.list = list;
    this.count = el("b", null);
    this.all = el("button", { type: "button", class: "dk-link", onclick: () => this.selectAll() });
    this.none = el("button", { type: "button", class: "dk-link", onclick: () => desk.seat.select([]) });
    this.row = el("div", { class: "dk-hand-row" });
    this.el = el("div", { class: "dk-bulk", role: "region", hidden: true },
      el("div", { class: "dk-bulk-head" }, this.count, this.all, el("span", { class: "dk-gap" }), this.none), this.row);
  }

  selectAll() {
    this.desk.seat.select(this.list.order.wanted());
  }

  draw() {
    const { store, seat } = this.desk;
    this.drop();
    const count = seat.selected.size;
    this.el.hidden = count === 0;
    if (!count) return;
    this.row.hidden = this.ids().every((id) => seat.about(id)?.on); // nothing is offered that is refused
    mark(this.el, "aria-label", store.say("selection"));
    write(this.count, store.say("selected", { n: count }));
    const every = this.list.order.shown.length;
    this.all.hidden = count >= every;
    write(this.all, store.say("select_all", { n: every }));
    write(this.none, store.say("select_none"));
    if (this.language === store.labels) return;
    this.language = store.labels;
    const made = ACTIONS.map((action) => this.button(action.icon, action.do, (at) => perform(this.desk, action, this.ids(), at)));
    const texts = TEXTS.map((action) => this.button(action === "note" ? "note" : "send", action, (at) => openText(this.desk, action, this.ids(), at)));
    this.row.replaceChildren(...made, ...texts);
  }

  // What left the list is selected no more: nothing is done to what nobody sees.
  drop() {
    const { seat } = this.desk;
    if (!seat.selected.size) return;
    const shown = new Set(this.list.order.shown);
    seat.selected = new Set([...seat.selected].filter((id) => shown.has(id)));
  }

  ids() {
    return [...this.desk.seat.selected];
  }

  button(icon, action, go) {
    const label = this.desk.store.say(`do_${action}`);
    return button(label, { class: "dk-tool", "data-do": action, onclick: (event) => go(event.currentTarget) }, picture(icon));
  }
}
