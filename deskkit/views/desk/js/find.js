// Above the list: the search over all that was ever said, the filters, the grouping.

const SEARCH_MS = 180;

class Find {
  constructor(screen) {
    this.screen = screen;
    this.desk = screen.desk;
    this.input = el("input", {
      type: "search", class: "dk-input dk-search", oninput: (event) => event.isComposing || this.typed(), oncompositionend: () => this.typed(),
      onkeydown: (event) => this.pressed(event), autocomplete: "off", spellcheck: "false",
    });
    this.filter = el("button", { type: "button", class: "dk-tool", onclick: () => this.toggle() });
    this.grouping = el("select", { class: "dk-select", onchange: () => this.desk.seat.group(this.grouping.value) });
    this.panel = el("div", { class: "dk-filter-panel", hidden: true });
    this.active = el("div", { class: "dk-flow dk-active-filters", hidden: true });
    this.caption = el("div", { class: "dk-caption-line", role: "status" });
    this.el = el("div", { class: "dk-find" },
      el("div", { class: "dk-search-frame" }, picture("search"), this.input),
      el("div", { class: "dk-find-row" }, this.grouping, this.filter), this.panel, this.active, this.caption);
  }

  typed() {
    clearTimeout(this.later);
    this.later = setTimeout(() => {
      this.later = null;
      this.desk.seat.search(this.input.value);
    }, SEARCH_MS);
  }

  pressed(event) {
    if (event.key !== "Enter" && event.key !== "ArrowDown" && event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape" && this.input.value) {
      this.input.value = "";
      this.desk.seat.search("");
      return;
    }
    if (event.key === "Enter" && this.input.value.trim() !== this.desk.seat.query) this.desk.seat.search(this.input.value);
    this.screen.toList();
  }

  toggle() {
    this.panel.hidden = !this.panel.hidden;
    mark(this.filter, "aria-expanded", !this.panel.hidden);
    if (!this.panel.hidden) this.panel.querySelector("select")?.focus();
  }

  // What can be narrowed by: each with its words and what it offers.
  facets() {
    const { store } = this.desk;
    const { choices } = store;
    const facet = (key) => choices.facets.find((one) => one.k === key) ?? { text: key, tags: [] };
    const agents = [{ k: NOBODY, text: store.say("nobody") }, ...choices.agents];
    return [
      { name: "level", text: store.say("level"), list: [...choices.levels].reverse() },
      { name: "stage", text: store.say("stage"), list: choices.stages },
      { name: "group", text: store.say("group"), list: choices.groups },
      { name: "agent", text: store.say("agent"), list: agents },
      ...["customer", "inquiry", "label"].map((key) => ({ name: key, text: facet(key).text, list: facet(key).tags })),
    ];
  }

  draw(count) {
    const { store, seat } = this.desk;
    const isTyped = this.later || document.activeElement === this.input;
    if (!isTyped && this.input.value.trim() !== seat.query) this.input.value = seat.query; // cleared, or typed where the desk is drawn a second time
    this.drawWords();
    this.filter.classList.toggle("dk-on", seat.filters.size > 0);
    const facets = this.facets();
    this.active.hidden = seat.filters.size === 0;
    const filters = [...seat.filters];
    renew(this.active, [store.language, filters], () => filters.map(([name, value]) => this.filterChip(facets, name, value)));
    this.drawOptions(facets);
    let text = store.say(seat.filters.size ? "narrowed" : seat.grouping ? "count_grouped" : "count", { n: count, all: store.order.length });
    if (isSeeking(seat)) text = seat.found ? seat.found.text : store.say("searching");
    write(this.caption, text);
  }

  filterChip(facets, name, value) {
    const { store, seat } = this.desk;
    const facet = facets.find((one) => one.name === name);
    const text = facet?.list.find((one) => String(one.k) === value)?.text ?? value;
    const label = store.say("take_off", { name: text });
    return el("span", { class: "dk-fact" }, el("span", { class: "dk-faintly" }, facet?.text ?? name), el("span", { dir: "auto" }, text),
      button(label, { class: "dk-take", onclick: () => seat.setFilter(name, "") }, picture("close")));
  }

  drawWords() {
    const { store, seat } = this.desk;
    if (this.labels === store.labels) return;
    this.labels = store.labels;
    mark(this.input, "placeholder", store.say("search_hint"));
    mark(this.input, "aria-label", store.say("search"));
    this.filter.replaceChildren(picture("filter"), el("span", { class: "dk-tool-text" }, store.say("filter")));
    mark(this.filter, "aria-label", store.say("filter"));
    mark(this.filter, "aria-expanded", !this.panel.hidden);
    mark(this.grouping, "aria-label", store.say("grouping"));
    this.panel.replaceChildren(...this.facets().map((facet) => el("label", null, el("span", null, facet.text),
      el("select", { class: "dk-select", "data-name": facet.name, onchange: (event) => seat.setFilter(facet.name, event.target.value) }))));
  }

  // What can be chosen, and what is. Whoever stands at a choice, with its list perhaps open, has it as it was when they came.
  drawOptions(facets) {
    const { store, seat } = this.desk;
    const offers = [
      [this.grouping, store.choices.groupings, seat.grouping],
      ...[...this.panel.querySelectorAll("select")].map((select, at) => [select, [{ k: "", text: store.say("any") }, ...facets[at].list], seat.filters.get(facets[at].name) ?? ""]),
    ];
    for (const [select, list, value] of offers) {
      const shown = list.map((one) => [String(one.k), one.text]);
      if (!select.options.length || focusedIn(select) !== select) renew(select, shown, () => shown.map(([key, text]) => el("option", { value: key }, text)));
      select.value = value;
    }
  }
}
