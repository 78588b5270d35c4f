// What the list shows and in which order: the desk's own or what a search found, narrowed, grouped, folded. Knows no
// element.

const ROW_PX = 56;
const SLIM_ROW_PX = 74; // in a narrow list, where a reason and a message take two lines
const HEAD_PX = 34;

const GROUP_KEYS = {
  group: (row) => row.g,
  agent: (row) => row.a,
  level: (row) => row.l,
  customer: (row) => row.ct[0] ?? "",
  inquiry: (row) => row.iq[0] ?? "",
};

const FILTERS = {
  customer: (row, value) => row.ct.includes(value),
  inquiry: (row, value) => row.iq.includes(value),
  label: (row, value) => row.lb.includes(value),
  level: (row, value) => String(row.l) === value,
  agent: (row, value) => row.a === value || (value === NOBODY && row.a === ""),
  group: (row, value) => row.g === value,
  stage: (row, value) => row.s === value,
};
const NOBODY = "\u0000"; // no agent is called so
const CLOSED = ["resolved", "abandoned", "archived"]; // stages

// Closed conversations stand in no list of the desk: who asks for them by words or by their stage searches the log.
const isSeeking = (seat) => seat.query !== "" || CLOSED.includes(seat.filters.get("stage"));

class Order {
  constructor(store, seat) {
    this.store = store;
    this.seat = seat;
    this.held = null; // the order as it stays while somebody aims at a row
    this.items = [];
    this.tops = [];
    this.height = 0;
    this.rowPx = ROW_PX;
    this.shown = []; // conversations that pass, folded away or not
  }

  row(id) {
    return this.seat.row(id);
  }

  // The conversations as they would stand now.
  wanted() {
    const ids = this.seat.found ? this.seat.found.ids : this.store.order;
    return ids.filter((id) => this.seat.isListed(id));
  }

  hold() {
    this.held ??= { ids: this.shown, groups: new Map(this.shown.map((id) => [id, this.keyOf(this.row(id) ?? EMPTY_ROW)])) };
  }

  release() {
    this.held = null;
  }

  keyOf(row) {
    return String(GROUP_KEYS[this.seat.grouping]?.(row) ?? "");
  }

  // Make the items anew; returns how many conversations wait to come in, and whether the order would be another.
  build() {
    const wanted = this.wanted();
    const before = this.held?.ids ?? wanted;
    const known = new Set(before);
    const fresh = this.held ? wanted.filter((id) => !known.has(id)).length : 0;
    this.shown = before;
    this.items = this.seat.grouping ? this.grouped(this.shown) : this.shown.map((id) => ({ id, key: `r${id}` }));
    this.tops = [];
    this.height = 0;
    for (const item of this.items) {
      this.tops.push(this.height);
      this.height += item.id === undefined ? HEAD_PX : this.rowPx;
    }
    const isOther = this.held !== null && (wanted.length !== before.length || wanted.some((id, n) => id !== before[n]));
    return { fresh, isOther };
  }

  grouped(ids) {
    const groups = new Map();
    for (const id of ids) {
      const key = this.held?.groups.get(id) ?? this.keyOf(this.row(id) ?? EMPTY_ROW);
      if (!groups.has(key)) groups.set(key, []);
      groups.get(key).push(id);
    }
    const items = [];
    for (const key of this.groupOrder([...groups.keys()])) {
      const members = groups.get(key);
      const isFolded = this.seat.collapsed.has(key);
      items.push({ group: key, key: `g${key}`, isFolded, ...this.sums(members) });
      if (!isFolded) items.push(...members.map((id) => ({ id, key: `r${id}` })));
    }
    return items;
  }

  sums(members) {
    let unread = 0;
    let oldest = null;
    for (const id of members) {
      const row = this.row(id);
      if (!row) continue;
      unread += row.u;
      if (row.w !== null && (oldest === null || row.w < oldest)) oldest = row.w;
    }
    return { count: members.length, unread, oldest };
  }

  // Groups stand where the choices have them, so that they do not wander as urgency does; the most urgent level first.
  groupOrder(keys) {
    const known = this.groupChoices().map((one) => String(one.k));
    if (this.seat.grouping === "level") known.reverse();
    const rank = (key) => (known.includes(key) ? known.indexOf(key) : key === "" ? Infinity : known.length);
    return keys.sort((a, b) => (rank(a) === rank(b) ? (a < b ? -1 : 1) : rank(a) - rank(b)));
  }

  groupChoices() {
    const { choices } = this.store;
    const lists = { group: choices.groups, agent: choices.agents, level: choices.levels };
    return lists[this.seat.grouping] ?? choices.facets.find((one) => one.k === this.seat.grouping)?.tags ?? [];
  }

  groupText(key) {
    if (key === "") return this.store.say(this.seat.grouping === "agent" ? "nobody" : "none");
    return this.groupChoices().find((one) => String(one.k) === key)?.text ?? key;
  }

  indexAt(top) {
    let [low, high] = [0, this.tops.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.tops[middle] <= top) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }

  indexOf(key) {
    return this.items.findIndex((item) => item.key === key);
  }
}
