// Known customers below the field in which one writes whom a chat is for. Chosen, the deed is for exactly that one, by
// `number`; written on, it is for whoever is called so.

const WHOM_MS = 150;
const WHOM_SHORTEST = 2; // signs, unless one of them is Chinese
const IS_HAN = /\p{Script=Han}/u;

class Whom {
  constructor(desk, input, number) {
    Object.assign(this, { desk, input, number, known: [], at: -1, asks: 0, later: null });
    Whom.count = (Whom.count ?? 0) + 1;
    this.id = `dk-whom-${Whom.count}`;
    this.list = el("div", { class: "dk-menu dk-whom", role: "listbox", id: this.id, "aria-label": desk.store.say("known_customers"), hidden: true, onmousedown: (event) => event.preventDefault() });
    this.rest = el("p", { class: "dk-faintly dk-whom-chosen", role: "status", hidden: true });
    this.chosen = el("p", { class: "dk-faintly dk-whom-chosen", role: "status", dir: "auto", hidden: true });
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": this.id, "aria-expanded": "false", autocomplete: "off" })) input.setAttribute(name, value);
    input.addEventListener("input", (event) => this.typed(event.isComposing));
    input.addEventListener("compositionend", () => this.typed(false));
    input.addEventListener("keydown", (event) => this.pressed(event));
    input.addEventListener("blur", () => this.isPressed || this.close());
    input.parentElement.addEventListener("pointerdown", () => this.press());
    input.after(this.list, this.rest, this.chosen);
    this.stop = desk.store.listen((change) => change.whom && this.heard(change.whom));
    if (number.value) this.recall();
  }

  // Signs that are still composed are no name yet.
  typed(isComposing) {
    this.mean("");
    this.say("");
    this.close();
    clearTimeout(this.later);
    this.asks += 1; // an answer to what stood there before is late
    if (!isComposing) this.later = setTimeout(() => this.ask(), WHOM_MS);
  }

  // `isHeld`: the list is wanted though one is not at the field.
  ask({ isHeld = false } = {}) {
    const query = this.input.value.trim();
    if ([...query].length < WHOM_SHORTEST && !IS_HAN.test(query)) return;
    this.isHeld = isHeld;
    this.send(query);
  }

  // What tells the one apart that was chosen before the form was put away.
  recall() {
    this.send(this.input.value, { n: Number(this.number.value) });
  }

  send(query, which = {}) {
    clearTimeout(this.later);
    this.asks += 1;
    this.asked = query;
    this.desk.store.send({ type: "whom", ask: this.asks, query, page: pageName(), ...which });
  }

  heard({ page, ask, query, known, more }) {
    if (page !== pageName() || ask !== this.asks || query !== this.asked) return;
    if (!this.number.value) this.open(known, more);
    else if (known.length) this.say(known[0].hint);
    else {
      this.mean(""); // it is called otherwise by now
      this.say("");
      this.ask({ isHeld: true });
    }
  }

  mean(number) {
    this.number.value = number;
    this.number.dispatchEvent(new Event("change")); // the form keeps it, and what it says stands
  }

  // It takes no focus: who writes goes on writing. For who is elsewhere by now it opens with an arrow key.
  open(known, more) {
    const option = (one, at) => el("div", {
      class: "dk-entry dk-whom-entry", role: "option", id: `${this.id}-${at}`, "aria-selected": "false", onclick: () => this.choose(at),
    }, el("span", { class: "dk-entry-text", dir: "auto" }, one.text), el("span", { class: "dk-faintly", dir: "auto" }, one.hint));
    this.known = known;
    this.list.replaceChildren(...known.map(option));
    write(this.rest, more);
    this.show(known.length > 0 && (this.isHeld || focusedIn(this.input) === this.input));
  }

  show(isOpen) {
    this.list.hidden = !isOpen;
    this.rest.hidden = !isOpen || this.rest.textContent === "";
    mark(this.input, "aria-expanded", String(isOpen));
    this.walk(-1);
  }

  close() {
    this.show(false);
  }

  // What is pressed below the list must not move away before it was clicked: only then the list closes.
  press() {
    this.isPressed = true;
    const released = () => {
      this.isPressed = false;
      if (focusedIn(this.input) !== this.input) this.close();
    };
    const ended = new AbortController();
    const end = () => {
      ended.abort();
      setTimeout(released);
    };
    for (const name of ["pointerup", "pointercancel"]) addEventListener(name, end, { signal: ended.signal }); // a scroll cancels
  }

  walk(at) {
    this.at = at;
    [...this.list.children].forEach((node, place) => mark(node, "aria-selected", String(place === at)));
    mark(this.input, "aria-activedescendant", at < 0 ? null : `${this.id}-${at}`);
    this.list.children[at]?.scrollIntoView({ block: "nearest" });
  }

  // Enter without one in view leads on, as in every line of a form.
  pressed(event) {
    const isOpen = !this.list.hidden;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by && !isOpen && this.known.length && !this.number.value) this.show(true);
    if (by && !this.list.hidden) {
      const count = this.known.length;
      this.walk(this.at < 0 ? (by > 0 ? 0 : count - 1) : (this.at + by + count) % count);
    } else if (event.key === "Enter" && isOpen && this.at >= 0 && !event.ctrlKey && !event.metaKey) this.choose(this.at);
    else if (event.key === "Escape" && isOpen) this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  choose(at) {
    const one = this.known[at];
    this.input.value = one.text;
    this.input.dispatchEvent(new Event("input", { bubbles: true })); // the form keeps it, and asks nothing of before
    clearTimeout(this.later);
    this.mean(String(one.n));
    this.known = [];
    this.say(one.hint);
    this.input.focus();
  }

  say(hint) {
    this.chosen.hidden = hint === "";
    write(this.chosen, hint);
  }
}
