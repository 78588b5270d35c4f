// The list of conversations. Only what is in sight, and a little more, are elements, however many conversations there are.
// The box has the keyboard's focus and names its active row, so no redrawing can lose it.

const SPARE_ROWS = 6;
const SLIM_PX = 430; // a list as narrow as this has rows of three lines
const REST_MS = 1_500; // a pointer or key this long at rest aims at nothing

// Whether a text fits into its place; one that runs on over lines is cut off by the box of these lines.
function isWhole(node) {
  const said = node.closest(".dk-slim .dk-item-said");
  if (said) return node.offsetTop + node.offsetHeight <= said.offsetTop + said.clientHeight + 1;
  return node.scrollWidth <= node.clientWidth;
}

class List {
  constructor(desk) {
    this.desk = desk;
    this.order = new Order(desk.store, desk.seat);
    this.nodes = new Map(); // by key of the item
    this.spare = [];
    this.pointer = { isInside: false, y: 0, moved: -Infinity };
    this.keyed = -Infinity;
    this.sizer = el("div", { class: "dk-items", role: "presentation" });
    this.box = el(
      "div",
      {
        class: "dk-list-box", role: "listbox", tabindex: "0", "aria-multiselectable": "true", id: serialName("list"),
        onscroll: () => this.paint(),
        onpointermove: (event) => this.aimed(event),
        onpointerenter: (event) => this.aimed(event),
        onpointerleave: () => this.left(),
        onclick: (event) => this.clicked(event),
        ondblclick: () => this.desk.seat.tell({ type: this.desk.seat.focus }),
        onfocus: () => this.focused(),
        onblur: () => this.blurred(),
        onkeydown: (event) => this.pressed(event),
      },
      this.sizer,
    );
    this.news = el("button", { type: "button", class: "dk-news", hidden: true, onclick: () => this.release(true) });
    this.empty = el("div", { class: "dk-nothing", hidden: true });
    this.whole = el("div", { class: "dk-whole", hidden: true, "aria-hidden": "true", dir: "auto" }); // the row itself is read whole
    this.el = el("div", { class: "dk-list-frame" }, this.news, this.box, this.empty, this.whole);
    this.observer = new ResizeObserver(() => this.fit());
    this.observer.observe(this.box);
  }

  // In a narrow list a row has a line more: why it is first stands whole, and some of what was said.
  fit() {
    const { clientWidth } = this.box;
    const isSlim = clientWidth > 0 && clientWidth <= SLIM_PX;
    const rowPx = isSlim ? SLIM_ROW_PX : ROW_PX;
    if (clientWidth === 0 || rowPx === this.order.rowPx) return this.paint();
    this.order.rowPx = rowPx;
    this.el.classList.toggle("dk-slim", isSlim);
    return this.draw();
  }

  // ---------------------------------------------------------------- holding still

  aimed(event) {
    this.pointer = { isInside: true, y: event.clientY, moved: performance.now() };
    this.settleLater();
  }

  left() {
    this.pointer.isInside = false;
    this.settle();
  }

  isHeld() {
    const now = performance.now();
    const isAimedAt = this.pointer.isInside && now - this.pointer.moved < REST_MS;
    return isAimedAt || (this.hasFocus() && now - this.keyed < REST_MS);
  }

  hasFocus() {
    return this.box.getRootNode().activeElement === this.box;
  }

  settleLater() {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.settle(), REST_MS + 20);
  }

  settle() {
    if (!this.order.held) return;
    if (this.isHeld()) this.settleLater();
    else this.release();
  }

  release(toTop = false) {
    if (toTop) this.stood = undefined;
    this.order.release();
    this.draw(true);
    this.released?.();
    if (toTop) this.box.scrollTop = 0;
  }

  // The rows in sight, by which what is read stays where it is; a list that stands at its top goes on showing its first.
  inSight() {
    const { scrollTop, clientHeight } = this.box;
    if (scrollTop === 0) return [];
    const { items, tops } = this.order;
    const from = this.order.indexAt(scrollTop);
    return items.slice(from, this.order.indexAt(scrollTop + clientHeight) + 1).map(({ key }, at) => [key, tops[from + at]]);
  }

  // By how much what was in sight went down or up. One row may have fallen or risen far, as when its customer was
  // answered: nobody follows it, so the row that moved least tells.
  shift(before) {
    const after = before.map(([key, top]) => [this.order.indexOf(key), top]).filter(([at]) => at >= 0);
    const shifts = after.map(([at, top]) => this.order.tops[at] - top);
    return shifts.reduce((least, one) => (Math.abs(one) < Math.abs(least) ? one : least), shifts[0] ?? 0);
  }

  // ---------------------------------------------------------------- drawing

  // Take the order as it is now, or keep it still while somebody aims at a row; a hand's own change is never held back.
  draw(isOwn = false) {
    const { store, seat } = this.desk;
    const before = this.inSight();
    if (isOwn) this.order.release();
    else if (this.isHeld()) {
      this.order.hold();
      this.settleLater();
    } else this.order.release();
    const { fresh, isOther } = this.order.build();
    this.news.hidden = fresh === 0 && !isOther;
    write(this.news, fresh ? store.say("news", { n: fresh }) : store.say("reorder"));
    mark(this.box, "aria-label", store.say("list"));
    this.fitHeight();
    const shift = this.shift(before);
    if (shift) this.box.scrollTop += shift;
    this.goOn();
    this.drawEmpty(seat, store);
    this.paint();
  }

  // Where a deed of one's own took the keyboard's row out of the list, or put it aside, it stands at the next, and so the
  // next key is for that one. Where a colleague took it the keyboard stays, and a key is for nobody: whoever pressed it meant who was there.
  goOn() {
    const at = this.at();
    const { seat } = this.desk;
    const isAside = this.hasFocus() && seat.took.leaves(seat.cursor);
    const left = isAside ? seat.cursor : null;
    const isThere = (item) => item.id === undefined || (item.id !== left && this.order.row(item.id) !== null);
    const isTheirs = seat.cursor !== null && !isAside && !seat.took.has(seat.cursor);
    if (!this.hasFocus() || this.stood === undefined || isTheirs || (at >= 0 && isThere(this.order.items[at]))) {
      this.stood = at < 0 ? this.stood : at;
      return;
    }
    const from = at < 0 || isAside ? this.stood : at;
    const next = this.order.items.findIndex((item, n) => n >= from && isThere(item));
    this.stand(next < 0 ? this.order.items.findLastIndex(isThere) : next, { isQuiet: true });
  }

  fitHeight() {
    const height = `${this.order.height}px`;
    if (this.sizer.style.height !== height) this.sizer.style.height = height;
  }

  drawEmpty(seat, store) {
    const isEmpty = this.order.items.length === 0;
    this.empty.hidden = !isEmpty;
    if (!isEmpty) return;
    const isNarrowed = seat.query !== "" || seat.filters.size > 0;
    const clear = () => {
      seat.filters.clear();
      seat.remember();
      seat.search("");
    };
    this.empty.replaceChildren(
      picture(isNarrowed ? "search" : "check"),
      el("b", null, store.say(isNarrowed ? "no_match" : "all_quiet")),
      el("span", null, store.say(isNarrowed ? "no_match_hint" : "all_quiet_hint")),
      ...(isNarrowed ? [el("button", { type: "button", class: "dk-button", onclick: clear }, store.say("clear"))] : []),
    );
  }

  // Make elements of what is in sight; those that went out of it are used again.
  paint() {
    const { items, tops } = this.order;
    const { scrollTop, clientHeight } = this.box;
    const from = Math.max(0, this.order.indexAt(scrollTop) - SPARE_ROWS);
    const to = Math.min(items.length, this.order.indexAt(scrollTop + clientHeight) + SPARE_ROWS + 1);
    const wanted = new Map();
    for (let at = from; at < to; at += 1) wanted.set(items[at].key, at);
    for (const [key, node] of this.nodes) {
      if (wanted.has(key)) continue;
      this.nodes.delete(key);
      if (node instanceof HeadNode || this.spare.length > 40) node.el.remove();
      else {
        node.el.hidden = true;
        this.spare.push(node);
      }
    }
    for (const [key, at] of wanted) this.place(key, at, tops[at]);
    this.markActive();
  }

  place(key, at, top) {
    const item = this.order.items[at];
    let node = this.nodes.get(key);
    if (!node) {
      node = item.id === undefined ? new HeadNode() : (this.spare.pop() ?? new RowNode());
      node.el.hidden = false;
      node.key = key;
      if (!node.el.parentNode) this.sizer.append(node.el);
      this.nodes.set(key, node);
      node.el.dataset.key = key;
    }
    node.el.style.top = `${top}px`;
    mark(node.el, "aria-setsize", this.order.items.length);
    mark(node.el, "aria-posinset", at + 1);
    node.draw(this.desk, item, this.order);
  }

  markActive() {
    const { seat } = this.desk;
    const active = this.nodes.get(this.active ?? `r${seat.cursor}`);
    mark(this.box, "aria-activedescendant", active ? active.el.id : null);
    for (const node of this.nodes.values()) node.el.classList.toggle("dk-active", node === active);
    this.showWhole(active);
  }

  // Where the keyboard stands, a reason, or what was found, that does not fit into its row is shown whole, as a pointer's title is.
  showWhole(active) {
    const why = this.box.matches(":focus-visible") ? (active?.hit?.hidden === false ? active.hit : active?.why) : undefined;
    this.whole.hidden = !why || isWhole(why);
    if (this.whole.hidden) return;
    write(this.whole, why.textContent);
    const top = active.el.offsetTop - this.box.scrollTop;
    const isLow = top + this.order.rowPx + this.whole.offsetHeight > this.box.clientHeight;
    this.whole.style.top = `${isLow ? top - this.whole.offsetHeight : top + this.order.rowPx - 4}px`;
  }

  cursorElement() {
    return this.nodes.get(`r${this.desk.seat.cursor}`)?.el ?? this.box;
  }

  tick() {
    for (const node of this.nodes.values()) node.tick(this.desk);
  }

  // ---------------------------------------------------------------- hands

  itemOf(event) {
    const node = event.target.closest?.("[data-key]");
    return node ? this.order.items[this.order.indexOf(node.dataset.key)] : undefined;
  }

  clicked(event) {
    const item = this.itemOf(event);
    const { seat } = this.desk;
    if (!item) return;
    this.active = item.key;
    this.stood = this.order.indexOf(item.key);
    if (item.id === undefined) {
      seat.fold(item.group);
      return;
    }
    const isTick = event.target.closest(".dk-tick") !== null;
    if (event.shiftKey) {
      this.box.focus({ preventScroll: true }); // JupyterLab leaves it with the draft, where the next key would be written
      this.range(seat.anchor ?? seat.cursor ?? item.id, item.id);
    } else if (event.ctrlKey || event.metaKey || isTick) seat.toggle(item.id);
    else {
      seat.bring(item.id, { beside: event.altKey });
      seat.anchor = item.id;
    }
    seat.cursor = item.id;
    this.paint();
  }

  range(from, to) {
    const ids = this.order.items.filter((item) => item.id !== undefined).map((item) => item.id);
    const [a, b] = [ids.indexOf(from), ids.indexOf(to)];
    if (a < 0 || b < 0) return this.desk.seat.toggle(to);
    document.getSelection()?.removeAllRanges();
    return this.desk.seat.select(new Set([...this.desk.seat.selected, ...ids.slice(Math.min(a, b), Math.max(a, b) + 1)]));
  }

  blurred() {
    this.settle();
    this.markActive();
  }

  focused() {
    const { items } = this.order;
    if (this.order.indexOf(this.active) < 0 && items.length) {
      const at = this.order.indexOf(`r${this.desk.seat.cursor ?? this.desk.seat.focus}`);
      this.stand(at < 0 ? Math.min(this.stood ?? 0, items.length - 1) : at, { isQuiet: true }); // gone: where it stood
    }
  }

  // Let the keyboard stand at an item.
  stand(at, { isRange = false, isQuiet = false } = {}) {
    const item = this.order.items[at];
    if (!item) return;
    const { seat } = this.desk;
    const before = seat.cursor;
    this.active = item.key;
    this.stood = at;
    if (item.id !== undefined) seat.cursor = item.id;
    const [top, height] = [this.order.tops[at], item.id === undefined ? HEAD_PX : this.order.rowPx];
    if (!isQuiet) {
      if (top < this.box.scrollTop) this.box.scrollTop = top;
      const low = top + height - this.box.clientHeight;
      if (low > this.box.scrollTop) this.box.scrollTop = low;
    }
    if (isRange && item.id !== undefined) {
      seat.anchor ??= before ?? item.id;
      this.range(seat.anchor, item.id);
    } else if (!isQuiet) seat.anchor = seat.cursor;
    this.paint();
  }

  at() {
    return Math.max(this.order.indexOf(this.active ?? `r${this.desk.seat.cursor}`), -1);
  }

  step(by, options) {
    const last = this.order.items.length - 1;
    const at = this.at();
    const from = at < 0 && this.stood !== undefined ? this.stood - (by > 0 ? 1 : 0) : at; // where the row that is gone stood
    this.stand(Math.min(last, Math.max(0, from + by)), options);
  }

  pressed(event) {
    const page = Math.max(1, Math.floor(this.box.clientHeight / this.order.rowPx) - 1);
    const walk = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1, PageDown: page, PageUp: -page, Home: -1e9, End: 1e9 };
    const isCommand = event.ctrlKey || event.metaKey;
    if (event.altKey) return;
    if (Object.hasOwn(walk, event.key) && !isCommand) this.step(walk[event.key], { isRange: event.shiftKey });
    else if (event.key === "a" && isCommand) this.desk.seat.select(this.order.shown);
    else if (isCommand || !this.chosen(event)) return;
    this.keyed = performance.now();
    event.preventDefault();
    event.stopPropagation();
  }

  // Keys that concern the item one stands at; tells whether the key was one.
  chosen(event) {
    const item = this.order.items[this.at()];
    const { seat } = this.desk;
    if (!item) return false;
    if (item.id === undefined) {
      const folds = { Enter: !item.isFolded, " ": !item.isFolded, ArrowLeft: true, ArrowRight: false };
      if (!Object.hasOwn(folds, event.key)) return false;
      seat.fold(item.group, folds[event.key]);
    } else if (event.key === "Enter") seat.bring(item.id, { type: true, beside: event.shiftKey });
    else if (event.key === " ") seat.toggle(item.id);
    else return false;
    return true;
  }
}
