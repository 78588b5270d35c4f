// One row of the list, and one head of a group. They are used again and again for whatever comes into sight.

class RowNode {
  constructor() {
    this.mark = el("span", { class: "dk-tick" });
    this.level = el("span", { class: "dk-quiet" });
    this.name = el("span", { class: "dk-item-name", dir: "auto" });
    this.owner = el("span", { class: "dk-item-owner", dir: "auto" });
    this.labels = el("span", { class: "dk-item-labels" });
    this.why = el("span", { class: "dk-item-why", dir: "auto" });
    this.text = el("span", { class: "dk-item-text", dir: "auto" });
    this.hit = el("span", { class: "dk-item-hit", dir: "auto", hidden: true });
    this.badge = el("span", { class: "dk-badge" });
    this.clock = el("span", { class: "dk-clock" });
    this.rest = el("span", { class: "dk-rest" });
    this.said = el("span", { class: "dk-item-line dk-item-said" }, this.why, " ", this.text, this.hit);
    this.left = el("span", { class: "dk-item-line" }, this.rest);
    this.el = el(
      "div",
      { class: "dk-item", role: "option", id: serialName("row") },
      this.mark,
      el("span", { class: "dk-item-body" },
        el("span", { class: "dk-item-line" }, this.level, this.name, this.owner, this.labels),
        this.said),
      el("span", { class: "dk-item-end" },
        el("span", { class: "dk-item-line" }, this.badge, this.clock),
        this.left),
    );
    this.row = null;
    this.isSlim = false;
  }

  // In a narrow list what is left to the target stands before the reason: beside both of its lines it would take their room.
  fit(isSlim) {
    if (this.isSlim === isSlim) return;
    this.isSlim = isSlim;
    if (isSlim) this.said.prepend(this.rest, " ");
    else {
      this.rest.nextSibling.remove();
      this.left.append(this.rest);
    }
  }

  draw(desk, item, order) {
    const { store, seat } = desk;
    this.fit(order.rowPx === SLIM_ROW_PX);
    const known = order.row(item.id);
    const row = known ?? this.row ?? EMPTY_ROW;
    const hits = seat.found?.hits.get(item.id) ?? null;
    const isSame = this.row === row && this.id === item.id && this.choices === store.choices && this.hits === hits;
    const isTicked = seat.selected.has(item.id);
    mark(this.el, "aria-selected", isTicked);
    this.el.classList.toggle("dk-front", seat.front.includes(item.id));
    this.el.classList.toggle("dk-focused", seat.focus === item.id);
    this.el.classList.toggle("dk-gone", known === null);
    if (isSame) return;
    Object.assign(this, { row, id: item.id, choices: store.choices, hits });
    this.drawWords(store, row);
    this.drawHits(hits);
    this.tick(desk);
  }

  drawWords(store, row) {
    this.el.dataset.level = row.l;
    this.el.classList.toggle("dk-flash", row.fl);
    this.el.classList.toggle("dk-closed", row.cl !== null);
    this.el.classList.toggle("dk-unread", row.u > 0);
    this.mark.replaceChildren(levelMark(row.l, store.choices, row.z));
    write(this.level, `${store.textOf("levels", row.l)}: `);
    write(this.name, row.n);
    write(this.owner, row.a ? store.textOf("agents", row.a) : "");
    const facets = [["ct", "customer"], ["iq", "inquiry"], ["lb", "label"]];
    const labels = once(facets.flatMap(([field, facet]) => row[field].map((tag) => labelOf(store, facet, tag))));
    const further = (shown, kind) => (labels.length > shown ? [el("span", { class: `dk-faintly ${kind}` }, `+${labels.length - shown}`)] : []);
    this.labels.replaceChildren(...labels.slice(0, 2), ...further(1, "dk-of-one"), ...further(2, "dk-of-two")); // how many are shown is for the room to say
    const isDrafted = row.dr.length > 0;
    write(this.why, isDrafted ? store.say("drafting", { names: row.dr.join(", ") }) : row.y);
    this.why.classList.toggle("dk-too-long", row.tl && !isDrafted);
    this.why.classList.toggle("dk-drafted", isDrafted);
    write(this.text, row.x);
    write(this.badge, row.u ? badgeText(row.u) : "");
    mark(this.badge, "title", row.u ? store.say("unread", { n: row.u }) : null);
    mark(this.el, "title", [row.n, row.y, row.x].filter(Boolean).join("\n"));
  }

  // Of what was searched for, where it was found stands in the place of why the row stands where it stands.
  drawHits(hits) {
    const isFound = (hits?.length ?? 0) > 0;
    this.hit.hidden = !isFound;
    this.why.hidden = isFound;
    this.text.hidden = isFound;
    if (!isFound) return;
    const part = ([text, isSought]) => (isSought ? el("mark", null, text) : text);
    const about = ({ k }) => (k ? [el("b", null, k), " "] : []);
    this.hit.replaceChildren(...hits.flatMap((one, n) => [...(n ? [" · "] : []), ...about(one), ...one.x.map(part)]));
    mark(this.el, "title", [this.row.n, this.row.y, this.hit.textContent].filter(Boolean).join("\n"));
  }

  tick({ store }) {
    const { row } = this;
    if (!row) return;
    if (row.cl !== null) {
      write(this.clock, "");
      write(this.rest, row.cl);
      this.rest.dataset.kind = "";
      return;
    }
    const waited = row.w === null ? null : store.now() - row.w;
    write(this.clock, waited === null ? "" : clockText(waited, (key, values) => store.say(key, values)));
    const left = waited === null ? { text: store.textOf("stages", row.s), kind: "" } : leftText(waited, row.t, (key, values) => store.say(key, values));
    write(this.rest, left.text);
    this.rest.dataset.kind = left.kind;
    this.clock.dataset.kind = left.kind;
  }
}

class HeadNode {
  constructor() {
    this.name = el("b", { dir: "auto" });
    this.count = el("span", { class: "dk-count" });
    this.badge = el("span", { class: "dk-badge" });
    this.clock = el("span", { class: "dk-clock" });
    this.state = el("span", { class: "dk-quiet" });
    this.el = el("div", { class: "dk-group", role: "option", "aria-selected": "false", id: serialName("group") },
      picture("chevron"), this.name, this.count, this.state, el("span", { class: "dk-gap" }), this.badge, this.clock);
  }

  draw(desk, item, order) {
    this.item = item;
    this.el.classList.toggle("dk-folded", item.isFolded);
    write(this.name, order.groupText(item.group));
    write(this.count, String(item.count));
    write(this.state, desk.store.say(item.isFolded ? "folded" : "unfolded"));
    write(this.badge, item.unread ? badgeText(item.unread) : "");
    mark(this.badge, "title", item.unread ? desk.store.say("unread", { n: item.unread }) : null);
    mark(this.clock, "title", desk.store.say("oldest"));
    this.tick(desk);
  }

  tick({ store }) {
    const { oldest } = this.item;
    write(this.clock, oldest === null ? "" : clockText(store.now() - oldest, (key, values) => store.say(key, values)));
  }
}

// A word stands once, also where it is a customer's type and a label.
function once(labels) {
  const words = labels.map((one) => one.textContent);
  return labels.filter((one, at) => words.indexOf(one.textContent) === at);
}

function labelOf(store, facet, tag, ...more) {
  const known = store.choices.facets.find((one) => one.k === facet)?.tags.find((one) => one.k === tag);
  return chip(known?.text ?? tag, known?.colour, ...more);
}
