// What hands can do to one conversation or many, each with its picture, its key and what it lets one choose from.

const ACTIONS = [
  { do: "handled", icon: "check", key: "e" },
  { do: "assign", icon: "person", key: "a", menu: agentsMenu },
  { do: "priority", icon: "flag", key: "p", menu: levelsMenu },
  { do: "tag", icon: "tag", key: "t", menu: tagsMenu },
  { do: "snooze", icon: "clock", key: "s", menu: snoozesMenu },
  { do: "group", icon: "group", menu: groupsMenu },
  { do: "help", icon: "helper", menu: helpersMenu },
  { do: "reopen", icon: "undo" },
  { do: "archive", icon: "archive", key: "y" },
  { do: "unarchive", icon: "unarchive" },
];
const TEXTS = ["reply", "note"]; // for many at once

// Do an action, or let choose first. `at`: the element to open the choice at.
function perform(desk, action, ids, at, onAnswer) {
  if (!ids.length) return;
  if (ids.every((id) => desk.seat.about(id)?.on)) {
    desk.store.tellHere("gone_on"); // nothing is chosen in vain
    return;
  }
  const go = (more) => desk.seat.do({ do: action.do, ids, ...more }, onAnswer);
  if (!action.menu) {
    go({});
    return;
  }
  const { entries, more } = action.menu(desk, go, ids);
  const what = desk.store.say(`do_${action.do}`);
  const label = ids.length > 1 ? desk.store.say("many", { what, n: ids.length }) : [what, desk.seat.nameOf(ids[0])].filter(Boolean).join(": ");
  openMenu(at, desk.store, label, entries, { more });
}

// Of one conversation whose page is known, first stands who could be given it; the others below, marked why not.
function agentEntries(desk, go, ids, isOffered = () => true) {
  const misfits = new Map(Object.entries((ids.length === 1 && desk.store.pages.get(ids[0])?.misfits) || {}));
  const place = [...misfits.keys()];
  const order = (one) => (misfits.has(one.k) ? 2 + place.indexOf(one.k) : Number(Boolean(one.away || one.full)));
  return desk.store.choices.agents.filter(isOffered).sort((a, b) => order(a) - order(b)).map((one) => ({
    text: one.text,
    hint: [misfits.get(one.k), one.away, one.full, one.room].filter(Boolean).join(" · "),
    lead: el("span", { class: `dk-there dk-there-${["online", "away", "offline"].includes(one.presence) ? one.presence : "offline"}`, "aria-hidden": "true" }),
    go: () => go({ agent: one.k }),
  }));
}

function agentsMenu(desk, go, ids) {
  const queue = { text: desk.store.say("to_queue"), lead: el("span", { class: "dk-there" }), go: () => go({ agent: "" }) };
  return { entries: [...agentEntries(desk, go, ids), queue] };
}

// Whoever has it, helps already or looks at it needs no invitation.
function helpersMenu(desk, go, ids) {
  const { store, seat } = desk;
  const page = ids.length === 1 ? store.pages.get(ids[0]) : undefined;
  const there = new Set([store.me, ...(ids.length === 1 ? [seat.about(ids[0])?.a] : []), ...(page?.helpers ?? []).map((one) => one.k)]);
  return { entries: agentEntries(desk, go, ids, (one) => !there.has(one.k)) };
}

function groupsMenu(desk, go) {
  return { entries: desk.store.choices.groups.map((one) => ({ text: one.text, go: () => go({ group: one.k }) })) };
}

function snoozesMenu(desk, go) {
  return { entries: desk.store.choices.snoozes.map((one) => ({ text: one.text, go: () => go({ ms: one.ms }) })) };
}

function levelsMenu(desk, go, ids) {
  const { choices } = desk.store;
  const hand = ids.length === 1 ? desk.store.pages.get(ids[0])?.hand : undefined;
  const entries = [...choices.levels].reverse().map((one) => ({
    text: one.text, lead: levelMark(one.k, choices, 16), isOn: hand === undefined ? undefined : hand === one.k,
    go: () => go({ level: one.k }),
  }));
  return { entries: [...entries, { text: desk.store.say("by_rule"), lead: el("span", { class: "dk-there" }), go: () => go({ level: -1 }) }] };
}

function tagsMenu(desk, go, ids) {
  const { facets } = desk.store.choices;
  const page = ids.length === 1 ? desk.store.pages.get(ids[0]) : undefined;
  const isOnPage = (facet, tag) => page?.tags.some((one) => one.f === facet.k && one.k === tag.k) ?? false;
  const offered = (facet) => facet.tags.filter((tag) => !tag.retired || isOnPage(facet, tag)); // retired, to be taken off
  const entries = facets.flatMap((facet) => offered(facet).map((tag) => {
    const isOn = isOnPage(facet, tag);
    return {
      text: tag.text, hint: facet.text, isOn: page ? isOn : undefined, lead: dot(tag.text, tag.colour),
      go: () => (isOn ? desk.seat.do({ do: "untag", ids, facet: facet.k, tag: tag.k }) : go({ facet: facet.k, tag: tag.k })),
    };
  }));
  const more = (query) => {
    if (entries.some((one) => one.text.toLowerCase() === query.toLowerCase())) return null;
    return { text: desk.store.say("new_label", { tag: query }), lead: picture("plus"), go: () => go({ facet: "label", tag: query }) };
  };
  return { entries, more };
}

function dot(text, colour) {
  const made = el("span", { class: "dk-dot", "aria-hidden": "true" });
  made.style.setProperty("--dk-hue", hueOf(text, colour));
  return made;
}

function openUndo(desk, at) {
  const { store } = desk;
  openMenu(at, store, store.say("undo_which"), store.undo.map((one) => ({
    text: one.text, hint: [one.by, one.at].filter(Boolean).join(" · "), lead: picture("undo"), go: () => desk.seat.do({ do: "undo", ids: [], undo: one.undo }),
  })));
}
