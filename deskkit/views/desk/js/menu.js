// What opens over the page at a button, and closes by itself: a list to choose from, or a small form.

const TWICE_MS = 500; // within which a second press belongs to the first, and a release to its press
const SHUT = new WeakMap(); // by button: when it was pressed while what it opened was open, which closed that

// Open something at a button; the browser lays it over everything and closes it on Esc or a click beside it.
function openOver(at, label, content, role = "dialog") {
  const root = at.closest(".dk-live, .dk-board-frame");
  const over = el("div", { class: "dk-over", popover: "auto", role, tabindex: "-1", "aria-label": label }, content);
  const focused = focusedIn(root);
  const back = standing(root);
  BACK.set(over, back);
  pressOnce(over);
  const opened = performance.now();
  const shut = () => performance.now() - opened > TWICE_MS && SHUT.set(at, performance.now());
  at.addEventListener("pointerdown", shut);
  over.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    at.removeEventListener("pointerdown", shut);
    over.remove();
    if ([document.body, root].includes(focusedIn(root))) giveBack(root, back); // else a click beside it led elsewhere
  });
  root.append(over);
  over.showPopover();
  const place = at.getBoundingClientRect();
  new ResizeObserver(() => standAt(over, place)).observe(over); // what comes into it later must not push its foot out of sight
  standAt(over, place);
  if (role === "dialog") (over.querySelector("input, textarea, button") ?? over).focus();
  else if (!focused || focused !== back || !isTyping(focused)) over.focus(); // who writes goes on writing, but in what this closes
  return over;
}

function standAt(over, at) {
  over.style.left = over.style.top = "0px"; // as wide as it would be with all the room there is
  const { width, height } = over.getBoundingClientRect();
  const isBelow = at.bottom + height + 8 < innerHeight || at.top < height + 8;
  over.style.left = `${Math.max(8, Math.min(at.left, innerWidth - width - 8))}px`;
  over.style.top = `${Math.max(8, Math.min(isBelow ? at.bottom + 4 : at.top - height - 4, innerHeight - height - 8))}px`;
}

// Choose one of several, by hand or by typing what it is called: also of two, for who is used to that must not choose the
// first. `entries`: {text, hint, lead (an element), isOn, go}; `more(query)` may offer another for what
// was typed; `said`: why one is to choose; `later(come)` asks for the entries, and has them come or, with none, the list
// closed: who types ahead loses no letter.
function openMenu(at, store, label, entries, { more, said, later = null } = {}) {
  if (performance.now() - (SHUT.get(at) ?? -Infinity) < TWICE_MS) return null;
  const list = el("div", { class: "dk-menu" });
  let [over, isComing] = [null, later !== null];
  const choose = (entry) => {
    over.hidePopover();
    entry.go();
  };
  const draw = (query) => {
    const folded = query.trim().toLowerCase();
    const passing = entries.filter((one) => `${one.text} ${one.hint ?? ""}`.toLowerCase().includes(folded));
    const offered = [...passing, ...(folded && more ? [more(query.trim())].filter(Boolean) : [])];
    list.replaceChildren(...offered.map((entry) => entryNode(entry, () => choose(entry))));
    if (!offered.length) list.append(el("p", { class: "dk-faintly dk-menu-none" }, isComing ? "…" : store.say("no_match")));
  };
  const walk = (event) => {
    const all = [...list.querySelectorAll("button")];
    const at = all.indexOf(event.target);
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Enter" && event.target === filter) {
      event.preventDefault();
      if (filter.value.trim()) all[0]?.click(); // who typed nothing has chosen nobody
    } else if (by !== undefined) {
      event.preventDefault();
      (all[at + by] ?? (by < 0 ? filter : (all[0] ?? filter))).focus();
    }
  };
  const filter = el("input", { type: "text", class: "dk-input", placeholder: label, "aria-label": label, oninput: (event) => draw(event.target.value) });
  draw("");
  const left = ({ relatedTarget: to }) => to && !over.contains(to) && over.hidePopover(); // by the keys: a press beside it closes it anyway
  over = openOver(at, label, el("div", { onkeydown: walk, onfocusout: left }, said ? el("p", { class: "dk-menu-said", dir: "auto" }, said) : null, filter, list));
  later?.((come) => {
    if (!come) return over.hidePopover();
    [entries, isComing] = [come, false];
    draw(filter.value);
  });
  return over;
}

function entryNode(entry, onclick) {
  return el("button", { type: "button", class: "dk-entry", onclick, "aria-pressed": entry.isOn === undefined ? null : entry.isOn },
    entry.lead ?? null,
    el("span", { class: "dk-entry-text", dir: "auto" }, entry.text),
    entry.hint ? el("span", { class: "dk-faintly" }, entry.hint) : null,
    entry.isOn ? picture("check") : null);
}

// Say something that needs nothing but to be read.
function openSaid(desk, at, text) {
  const over = openOver(at, text, el("div", { class: "dk-form-over" }, el("p", { dir: "auto" }, text),
    el("div", { class: "dk-buttons" }, el("button", { type: "button", class: "dk-button", onclick: () => over.hidePopover() }, desk.store.say("ok")))));
}

// Ask once whether something is really meant. It comes when the desk has thought about it, so no key that is pressed just
// then answers it: no button has the focus, and a text that is being written keeps it.
function openQuestion(desk, at, { title = "", text, open, offer, words = "", confirm, answered }) {
  const { store } = desk;
  let isOpen = true;
  const close = (isSure) => {
    if (!isOpen) return;
    isOpen = false;
    if (over.matches(":popover-open")) over.hidePopover();
    answered(isSure);
  };
  const instead = () => {
    close(false);
    openInstead(desk, open, words);
  };
  const over = openOver(at, text, el("div", { class: "dk-form-over" },
    title ? el("b", { dir: "auto" }, title) : null, el("p", { dir: "auto" }, text),
    words ? el("p", { class: "dk-faintly dk-asked-text", dir: "auto" }, words) : null,
    el("div", { class: "dk-buttons" },
      open ? el("button", { type: "button", class: "dk-button dk-main", onclick: instead }, offer) : null,
      el("button", { type: "button", class: open ? "dk-button" : "dk-button dk-main", onclick: () => close(true) }, confirm),
      el("button", { type: "button", class: "dk-button", onclick: () => close(false) }, store.say("cancel")))), "alertdialog");
  over.addEventListener("toggle", (event) => event.newState === "closed" && close(false)); // put away, one is not sure
  return over;
}
