// The bar of open conversations. It wraps onto further lines, so that no tab is ever cut off.

class Tabs {
  constructor(desk) {
    this.desk = desk;
    this.nodes = new Map();
    this.el = el("div", { class: "dk-tabs", role: "tablist", onkeydown: (event) => this.pressed(event) });
  }

  draw(panels) {
    const { store, seat } = this.desk;
    mark(this.el, "aria-label", store.say("tabs"));
    this.el.hidden = seat.open.length === 0;
    for (const [id, node] of this.nodes) {
      if (seat.open.includes(id)) continue;
      node.el.remove();
      this.nodes.delete(id);
    }
    seat.open.forEach((id, at) => {
      const node = this.nodes.get(id) ?? this.make(id);
      if (this.el.children[at] !== node.el) this.el.insertBefore(node.el, this.el.children[at] ?? null);
      this.drawOne(id, node, at, panels);
    });
  }

  make(id) {
    const { seat } = this.desk;
    const node = {
      mark: el("span", { class: "dk-tab-mark" }), level: el("span", { class: "dk-quiet" }),
      name: el("span", { class: "dk-tab-name", dir: "auto" }), badge: el("span", { class: "dk-badge" }),
      clock: el("span", { class: "dk-clock" }), pen: el("span", { class: "dk-tab-pen" }, picture("pen")),
      close: el("span", { class: "dk-tab-close", "aria-hidden": "true" }, picture("close")),
    };
    node.el = el("div", {
      class: "dk-tab", role: "tab", id: serialName("tab"),
      onclick: (event) => (node.close.contains(event.target) ? seat.close(id) : seat.bring(id, { beside: event.ctrlKey || event.metaKey })),
      onauxclick: (event) => event.button === 1 && seat.close(id),
    }, node.mark, node.level, node.name, node.pen, node.badge, node.clock, node.close);
    this.nodes.set(id, node);
    return node;
  }

  drawOne(id, node, at, panels) {
    const { store, seat } = this.desk;
    const about = seat.about(id) ?? EMPTY_ROW;
    const isFocused = seat.focus === id;
    node.el.dataset.level = about.l;
    mark(node.el, "aria-selected", isFocused);
    mark(node.el, "tabindex", isFocused || (seat.focus === null && at === 0) ? "0" : "-1");
    mark(node.el, "aria-controls", panels.get(id)?.id ?? null);
    node.el.classList.toggle("dk-front", seat.front.includes(id));
    node.el.classList.toggle("dk-flash", about.fl === true && !isFocused);
    if (node.drawn !== about || node.choices !== store.choices) node.mark.replaceChildren(levelMark(about.l, store.choices, 16));
    Object.assign(node, { drawn: about, choices: store.choices });
    write(node.level, `${store.textOf("levels", about.l)}: `);
    write(node.name, seat.nameOf(id) || "…");
    write(node.badge, about.u ? badgeText(about.u) : "");
    mark(node.badge, "title", about.u ? store.say("unread", { n: about.u }) : null);
    mark(node.el, "title", [seat.nameOf(id), at < 9 ? `Alt+${at + 1}` : "", store.say("tab_hint")].filter(Boolean).join("\n"));
    node.pen.hidden = seat.keep.draft(id).text === "";
    this.tickOne(node, about);
  }

  tickOne(node, about) {
    const { store } = this.desk;
    const waited = about.w === null || about.w === undefined || about.cl ? null : store.now() - about.w;
    write(node.clock, waited === null ? "" : clockText(waited, (key, values) => store.say(key, values)));
    node.clock.dataset.kind = waited === null ? "" : leftText(waited, about.t, () => "").kind;
  }

  tick() {
    for (const [id, node] of this.nodes) this.tickOne(node, this.desk.seat.about(id) ?? EMPTY_ROW);
  }

  pressed(event) {
    const { seat } = this.desk;
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const focused = [...this.nodes].find(([, node]) => node.el === event.target)?.[0];
    if (event.altKey || focused === undefined) return;
    if (by !== undefined) {
      const at = seat.open.indexOf(focused);
      this.nodes.get(seat.open[(at + by + seat.open.length) % seat.open.length]).el.focus();
    } else if (event.key === "Enter" || event.key === " ") seat.bring(focused, { beside: event.ctrlKey || event.metaKey });
    else if (event.key === "Delete" || event.key === "Backspace") {
      seat.close(focused);
      this.nodes.get(seat.focus)?.el.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
