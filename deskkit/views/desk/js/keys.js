// The keyboard. Nothing typed here reaches the notebook's own commands.

const KEY_TABLE = [
  ["/ · Ctrl+K", "key_search"], ["↑ ↓ · j k", "key_walk"], ["Enter", "key_open"], ["Shift+Enter", "key_beside"], ["Space", "key_select"],
  ["Shift+↑ ↓", "key_range"], ["Ctrl+A", "key_all"], ["← →", "key_fold"], ["Alt+1 … 9", "key_tab"], ["Alt+← →", "key_next"], ["Delete", "key_close"],
  ["e", "do_handled"], ["y", "do_archive"], ["a", "do_assign"], ["p", "do_priority"], ["t", "do_tag"], ["s", "do_snooze"], ["z", "undo"],
  ["Ctrl+Enter", "key_send"], ["/…", "key_quick"], ["Esc", "key_back"], ["?", "keys"],
];

const WALKS = /^(Arrow(Up|Down)|Page(Up|Down)|Home|End|[jk])$/;

// Keys of the whole desk; those of the list, the tabs and the composer came first, and stopped there.
function pressedKey(screen, event) {
  if (!event.defaultPrevented && takeKey(screen, event)) event.preventDefault();
  event.stopPropagation();
}

function takeKey(screen, event) {
  const { desk } = screen;
  if (event.target.closest?.(".dk-over")) return false;
  if (event.altKey && !event.ctrlKey && !event.metaKey) return takeTabKey(desk, event);
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") return screen.toSearch();
  if (event.ctrlKey || event.metaKey) return false;
  if (event.key === "Escape") return leave(screen, event);
  if (isTyping(event.target) || event.target.closest?.(".dk-question")) return false; // who is asked may be writing still
  if (event.key === "/") return screen.toSearch();
  if (event.key === "?") return screen.openKeys();
  if (event.target === screen.el && isOfList(screen, event)) return screen.toList() && screen.list.pressed(event); // as after a click on its tab
  if (event.repeat) return false; // a key held down is one deed
  if (event.key === "z") return takeBack(screen.desk); // wherever the focus went with what was just done
  return (screen.list.hasFocus() || (event.target === screen.el && isOfMarked(screen))) && takeListKey(screen, event);
}

// Whether a key leads into the list from the desk's frame; opened is only who is marked there.
function isOfList({ list }, { key }) {
  return WALKS.test(key) || (key === "Enter" && list.at() >= 0);
}

// At the desk's frame one may have the open conversation in mind: a deed there is for who is marked in the list, where that
// is the same one, or none is open; or for what was selected.
function isOfMarked({ desk: { seat } }) {
  return seat.selected.size > 0 || seat.focus === null || seat.focus === seat.cursor;
}

// Whoever writes comes back to the list; elsewhere what is open over the page closes, which the browser sees to, or what is
// selected is selected no more.
function leave(screen, event) {
  if (!isTyping(event.target) && screen.el.querySelector(":scope > .dk-over:popover-open")) return false;
  if (!isTyping(event.target)) screen.desk.seat.unselect();
  return screen.toList();
}

// A key takes back what oneself did; what a colleague did since is taken back by the foot, which names them.
function takeBack({ seat, store }) {
  const own = store.undo.find((one) => one.own !== false);
  if (own) seat.do({ do: "undo", ids: [], undo: own.undo });
  else store.tellHere(store.undo.length ? "only_theirs" : "nothing_done");
  return true;
}

function takeTabKey(desk, event) {
  const number = /^Digit([1-9])$/.exec(event.code)?.[1];
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const id = number ? desk.seat.open[Number(number) - 1] : undefined;
  if (id !== undefined) desk.seat.bring(id, { type: true });
  else if (by !== undefined && desk.seat.open.length) {
    desk.seat.step(by);
    desk.seat.tell({ type: desk.seat.focus });
  } else return false;
  return true;
}

function takeListKey(screen, event) {
  const { seat } = screen.desk;
  const action = ACTIONS.find((one) => one.key === event.key);
  if (!action) return false;
  const { list } = screen; // who is open beside it, and not in it, was not meant
  const ids = seat.selected.size ? seat.targets() : seat.targets().filter((id) => list.order.indexOf(`r${id}`) >= 0);
  perform(screen.desk, action, ids, list.cursorElement());
  return true;
}

function keyTable(store) {
  const rows = KEY_TABLE.map(([keys, label]) => el("tr", null, el("td", null, ...keys.split(" · ").map((one) => el("kbd", null, one))), el("td", null, store.say(label))));
  return el("div", { class: "dk-keys" }, el("b", null, store.say("keys")), el("table", null, el("tbody", null, ...rows)));
}
