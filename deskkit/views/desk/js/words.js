// Words, clocks and elements. Every text goes through text nodes or attributes; nothing here takes markup.

const SVG = "http://www.w3.org/2000/svg";

// Lines of 16 by 16 pictures, drawn with the colour of the text.
const PICTURES = {
  archive: "M2.5 3h11v3h-11z M3.5 6v7h9V6 M6.5 8.5h3",
  beside: "M2.5 3h11v10h-11z M8 3v10",
  bolt: "M9 1.5 3.5 9H8l-1 5.5L12.5 7H8z",
  check: "M3 8.5 6.5 12 13 4.5",
  chevron: "M6 4l4 4-4 4",
  clock: "M8 2a6 6 0 1 0 0 12A6 6 0 1 0 8 2z M8 5v3.2l2 1.3",
  close: "M4 4l8 8 M12 4l-8 8",
  down: "M4 6l4 4 4-4",
  file: "M4 1.5h5.5L12.5 5v9.5h-8.5z M9.5 1.5V5h3",
  filter: "M2 4h12 M4.5 8h7 M6.5 12h3",
  flag: "M4 14.5v-12h8l-2 3 2 3H4",
  helper: "M6.5 7.5a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 1 0 0 5.2z M1.5 14c0-3.1 2.2-4.4 5-4.4 1.2 0 2.3.3 3.2.8 M13 9v5 M10.5 11.5h5",
  group: "M6 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 1 0 0 5z M1.5 13.5c0-3 2-4 4.5-4s4.5 1 4.5 4 M11 7.3a2.2 2.2 0 0 0 0-4.3 M12 9.7c1.6.4 2.5 1.6 2.5 3.8",
  keyboard: "M1.5 4h13v8h-13z M4 6.5h.01 M6.7 6.5h.01 M9.3 6.5h.01 M12 6.5h.01 M5 9.5h6",
  link: "M6.5 9.5l3-3 M7 4.5l1.5-1.5a3 3 0 0 1 4.5 4.5L11.5 9 M9 11.5 7.5 13A3 3 0 0 1 3 8.5L4.5 7",
  more: "M3.5 8h.01 M8 8h.01 M12.5 8h.01",
  note: "M3 2.5h10v7.5l-3.5 3.5H3z M9.5 13.5V10H13",
  pen: "M11 2.5 13.5 5 5.5 13 2.5 13.5 3 10.5z",
  person: "M8 7.5a2.7 2.7 0 1 0 0-5.4 2.7 2.7 0 1 0 0 5.4z M3 14c0-3.2 2.2-4.5 5-4.5s5 1.3 5 4.5",
  pin: "M6 2h4l-.5 5 2.5 2.5H4L6.5 7z M8 9.5V14",
  plus: "M8 3v10 M3 8h10",
  search: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 1 0 0-9z M10.5 10.5 14 14",
  send: "M2 8 14 2.5 10.5 13.5 7.5 9z",
  side: "M2.5 3h11v10h-11z M10 3v10",
  tag: "M2.5 2.5h5l6 6-5 5-6-6z M5.3 5.3h.01",
  unarchive: "M2.5 3h11v3h-11z M3.5 6v7h9V6 M8 11.5v-4 M6.3 9 8 7.3 9.7 9",
  undo: "M5.5 3 2.5 6l3 3 M2.5 6H9a4 4 0 0 1 0 8H6",
  whisper: "M2.5 3h11v7.5H7L4 13.5v-3H2.5z M5.5 6h5 M5.5 8h3",
};

function picture(name) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of [["viewBox", "0 0 16 16"], ["class", "dk-picture"], ["aria-hidden", "true"]]) {
    svg.setAttribute(key, value);
  }
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PICTURES[name] || "");
  svg.append(path);
  return svg;
}

// What is not so has no attribute, but for aria-, where "false" is said.
function isLeftOut(name, value) {
  return value === null || value === undefined || (value === false && !name.startsWith("aria-"));
}

// An element: attributes (a function of "onclick" is a listener; null and false leave one out), then children, strings
// among them as text.
function el(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (isLeftOut(key, value)) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true && !key.startsWith("aria-") ? "" : String(value));
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

function button(label, attributes, ...children) {
  return el("button", { type: "button", "aria-label": label, title: label, ...attributes }, ...children);
}

// Only where it differs: an unchanged text node keeps selections, and the screen reader silent.
function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function mark(node, name, value) {
  if (isLeftOut(name, value)) node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, String(value));
}

// While signs are composed (pinyin), every key is the input method's, whatever it would mean here.
function composing(root) {
  const COMPOSED = 229; // how Safari numbers the Enter that ends a composition
  root.addEventListener("keydown", (event) => (event.isComposing || event.keyCode === COMPOSED) && event.stopPropagation(), true);
  return root;
}

const renewed = new WeakMap();

// Make what is in a node anew, only where what it shows is another: what was in it may have the focus.
function renew(node, shown, make) {
  const text = JSON.stringify(shown);
  if (renewed.get(node) === text) return false;
  renewed.set(node, text);
  node.replaceChildren(...make());
  return true;
}

// Put values for {names}, once: what a value contains is not looked at again.
function fill(text, values) {
  return String(text).replace(/\{(\w+)\}/g, (all, name) => (Object.hasOwn(values, name) ? String(values[name]) : all));
}

const HOUR = 3_600_000;

function longText(ms, say) {
  return ms < 72 * HOUR ? say("hours", { n: Math.floor(ms / HOUR) }) : say("days", { n: Math.floor(ms / (24 * HOUR)) });
}

// As Python's `waiting_clock`: minutes and seconds, whole hours past a thousand minutes, days past three.
function clockText(ms, say) {
  const past = Math.max(0, Math.floor(ms));
  if (past >= 1_000 * 60_000) return longText(past, say);
  return `${Math.floor(past / 60_000)}:${String(Math.floor(past / 1_000) % 60).padStart(2, "0")}`;
}

// What is left to the target, or by how much it is past, and how near that is.
function leftText(waited, target, say) {
  if (!target) return { text: "", kind: "" };
  const left = target - waited;
  if (left < 0) return { text: say("over", { time: clockText(-left, say) }), kind: "over" };
  return { text: say("left", { time: clockText(left, say) }), kind: left < target / 4 ? "soon" : "" };
}

function ageText(ms, say) {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 90) return say("seconds", { n: seconds });
  return seconds < 5_400 ? say("minutes", { n: Math.round(seconds / 60) }) : longText(1_000 * seconds + HOUR / 2, say);
}

function badgeText(unread) {
  return unread > 99 ? "99+" : String(unread);
}

const COLOUR = /^#[0-9a-f]{6}$/i;
const HUES = ["#2563eb", "#0f766e", "#b45309", "#7c3aed", "#be185d", "#4d7c0f", "#0369a1", "#a16207"];

// The colour of a label, or one of eight hues where it has none of its own; the same label has the same hue everywhere.
function hueOf(text, colour) {
  if (typeof colour === "string" && COLOUR.test(colour)) return colour;
  let sum = 7;
  for (const letter of text) sum = (sum * 31 + letter.codePointAt(0)) % 9_973;
  return HUES[sum % HUES.length];
}

// A label, coloured.
function chip(text, colour, ...more) {
  const made = el("span", { class: "dk-label" }, el("span", { dir: "auto" }, text), ...more);
  made.style.setProperty("--dk-hue", hueOf(text, colour));
  return made;
}

// The level: colour, and with it a letter and a shape, for whoever sees no colour.
function levelMark(level, choices, size) {
  const known = (choices.levels || []).find((one) => one.k === level) || { letter: "", shape: "", text: "" };
  const made = el("span", { class: `dk-mark dk-lv-${Number(level) || 0}`, "aria-hidden": "true" }, known.shape, known.letter);
  if (size > 16) made.style.setProperty("--dk-grow", String(Math.min(size, 48) / 16));
  return made;
}

function reducedMotion() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

let serial = 0;

// Identities of elements are counted, never made of what a customer controls.
function serialName(kind) {
  serial += 1;
  return `dk-${kind}-${serial}`;
}

// What is pressed in a view is for it alone: JupyterLab takes a letter for a command of its own, whatever has the focus.
function ownKey(event) {
  event.stopPropagation();
}

// What this page calls itself, in all of its views: of several pages the kernel answers the one that asked.
function pageName() {
  globalThis.deskkitPage ??= newAct();
  return globalThis.deskkitPage;
}

// The identity of a deed.
function newAct() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // a page that is not on this machine, over plain http
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
