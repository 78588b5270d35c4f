// Room among the tabs. One with a draft in it never goes by itself: where there are only such, one is asked which.

const MOST_TABS = 12;
const HINT = 40; // signs of a draft, by which one knows it again

// Take the longest unused tab away where there are too many; returns whether there is room. `how` one wants to see the
// conversation that room is for, once one has answered.
function hasRoom(seat, id, how) {
  if (seat.open.length < MOST_TABS) return true;
  const free = seat.used.filter((one) => seat.open.includes(one) && !seat.front.includes(one));
  const goes = free.find((one) => !seat.keep.draft(one).text);
  if (goes !== undefined) {
    seat.open = seat.open.filter((one) => one !== goes);
    return true;
  }
  seat.crowded = { id, how, free };
  seat.tell({ crowded: true });
  return false;
}

// Ask which tab goes. Put away, all stay and nothing is opened. Returns what says anew who it is for: a chat that was begun
// just now has its row, and with it a name, only after the answer.
function openCrowded(desk, at) {
  const { seat, store } = desk;
  const { id, how, free } = seat.crowded;
  seat.crowded = null;
  const entries = free.map((one) => ({
    text: seat.nameOf(one) || "…", hint: seat.keep.draft(one).text.slice(0, HINT), lead: picture("pen"),
    go: () => {
      seat.close(one);
      seat.bring(id, how);
    },
  }));
  const said = el("span");
  const name = () => write(said, store.say("no_room", { name: seat.nameOf(id) || "…" }));
  name();
  openMenu(at, store, store.say("close_which"), entries, { said });
  return name;
}
