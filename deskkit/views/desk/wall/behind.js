// What is behind a number: how it is defined, its last hours, and the conversations, each of which opens at the desk.

class Behind {
  constructor(page) {
    this.page = page;
    this.asked = null;
    this.title = el("h3", { class: "dk-behind-title", id: serialName("behind"), tabindex: "-1" });
    this.value = el("p", { class: "dk-behind-value" });
    this.close = el("button", { type: "button", class: "dk-wall-button", onclick: () => this.hide() });
    this.chart = el("div", { class: "dk-behind-chart" });
    this.caption = el("p", { class: "dk-behind-caption", role: "status" });
    this.list = el("ul", { class: "dk-behind-list" });
    this.defined = el("dl", { class: "dk-behind-defined" });
    this.definedTitle = el("h4", {});
    this.behindTitle = el("h4", {});
    const head = el("div", { class: "dk-behind-head" }, this.title, this.close);
    this.root = el(
      "aside",
      { class: "dk-behind", hidden: true, "aria-labelledby": this.title.id, onkeydown: (event) => this.key(event) },
      head, this.value, this.chart, this.behindTitle, this.caption, this.list, this.definedTitle, this.defined,
    );
  }

  key(event) {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    this.hide();
  }

  show(measure, group, from) {
    this.asked = { measure, group };
    this.from = from;
    this.found = null;
    this.page.wall.behind(measure, group);
    this.draw();
    this.root.hidden = false;
    this.title.focus();
  }

  hide() {
    this.asked = null;
    this.root.hidden = true;
    if (this.from?.isConnected) this.from.focus();
  }

  receive(message) {
    if (!this.asked || message.measure !== this.asked.measure || message.group !== this.asked.group) return;
    this.found = message;
    this.draw();
  }

  draw() {
    const { page } = this;
    if (!this.asked) return;
    const tile = page.tile(this.asked.measure);
    if (!tile) return;
    const row = page.group(this.asked.group);
    const cell = row?.cells.find((one) => one.k === this.asked.measure);
    write(this.title, row ? `${tile.title} · ${row.title}` : tile.title);
    write(this.value, [cell?.value ?? tile.value, (cell ?? tile).word, tile.brief].filter(Boolean).join(" · "));
    for (const [node, key] of [[this.close, "close"], [this.behindTitle, "behind"], [this.definedTitle, "defined"]]) write(node, page.say(key));
    const { slots, times } = page.wall.board;
    const words = { name: page.trendName(tile), unit: tile.unit, times, goal: tile.brief };
    this.chart.hidden = Boolean(row);
    renew(this.chart, [tile.trend, slots, words], () => [chart(tile, slots, words)]);
    renew(this.defined, tile.defined, () => tile.defined.flatMap(([name, text]) => [el("dt", {}, name), el("dd", {}, text)]));
    write(this.caption, this.found ? this.found.text : page.say(page.wall.kernel.isLost ? "not_done" : "loading"));
    renew(this.list, this.found?.rows ?? [], () => (this.found?.rows ?? []).map((one) => this.row(one)));
  }

  row(one) {
    const about = el("span", { class: "dk-behind-about" }, one.about);
    const name = el("bdi", {}, one.title);
    if (!one.opens) return el("li", {}, el("span", { class: "dk-behind-name" }, name), about);
    const open = () => this.page.wall.send({ type: "open", id: one.id, page: pageName() });
    return el("li", {}, el("button", { type: "button", class: "dk-behind-open", title: this.page.say("open"), onclick: open }, name, about));
  }
}
