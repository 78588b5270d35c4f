// What is seen: toasts, desktop notifications, and the number before the page's title. One stack of toasts and one number
// serve all desks of a page. What a customer wrote is text in all of them.

const SHOWN = 5; // toasts at once
const STAYS_MS = 10_000;
const FROM_EDGE_PX = 8;
const STATUS_BAR_PX = 24; // JupyterLab's, at the foot of the page
const ROOM_PX = 200; // of a list in sight, over whose tail toasts can stand

function toastBox() {
  const there = document.querySelector(".dk-toaster");
  if (there) return there;
  // The regions are there before what they announce: a screen reader hears only what comes into a known one.
  const box = el("div", { class: "dk-toaster" }, el("div", { class: "dk-toasts-urgent", role: "alert" }), el("div", { class: "dk-toasts", role: "status", "aria-live": "polite" }));
  document.body.append(box);
  addEventListener("resize", () => placeToasts(box));
  addEventListener("scroll", () => box.querySelector(".dk-toast") && placeToasts(box), { capture: true, passive: true });
  box.follow = new ResizeObserver(() => placeToasts(box)); // of the list they stand over: what it says at its foot comes and goes
  return box;
}

// They stand over the tail of the list, the least urgent there is: not over what is being written or a question about it.
function placeToasts(box) {
  const lists = [...document.querySelectorAll(".dk-list-frame")].map((list) => [list, list.getBoundingClientRect()]);
  const [list, under] = lists.find(([, at]) => at.width > 0 && Math.min(at.bottom, innerHeight) - Math.max(at.top, 0) >= ROOM_PX) ?? [];
  box.classList.toggle("dk-over-list", Boolean(list));
  if (box.list !== list) {
    box.follow.disconnect();
    if (list) box.follow.observe(list);
    box.list = list;
  }
  if (!list) return;
  box.style.setProperty("--dk-left", `${under.left + FROM_EDGE_PX}px`);
  box.style.setProperty("--dk-bottom", `${Math.max(innerHeight - under.bottom, STATUS_BAR_PX) + FROM_EDGE_PX}px`);
  box.style.setProperty("--dk-width", `${under.width - 2 * FROM_EDGE_PX}px`);
}

class Toast {
  constructor({ alert, words, open, isQuiet }) {
    this.id = alert.id;
    this.waits = alert.waits; // it is over as soon as the customer is answered
    const isUrgent = alert.level === 3 && !isQuiet;
    this.parts = { mark: el("b", { class: "dk-toast-mark" }), name: el("b", { class: "dk-toast-name", dir: "auto" }), what: el("span", { class: "dk-toast-what", dir: "auto" }), text: el("span", { class: "dk-toast-text", dir: "auto" }) };
    const { mark: level, name, what, text } = this.parts;
    const inside = [el("span", { class: "dk-toast-head" }, level, name), what, text];
    const body = alert.id ? el("button", { type: "button", class: "dk-toast-open", onclick: () => this.opened(open(alert.id)) }, inside) : el("div", { class: "dk-toast-open" }, inside);
    this.shut = el("button", { type: "button", class: "dk-toast-close", onclick: () => this.end() }, picture("close"));
    this.root = el("div", { class: `dk-toast dk-lv-${alert.level}${isQuiet ? " dk-toast-quiet" : ""}`, "data-lm-suppress-shortcuts": "true", onkeydown: (event) => this.pressed(event) }, body, this.shut);
    this.word(alert, words);
    const stack = toastBox();
    const box = stack.querySelector(isUrgent ? ".dk-toasts-urgent" : ".dk-toasts");
    placeToasts(stack);
    box.append(this.root);
    while (box.children.length > SHOWN) box.firstElementChild.remove();
    if (!isUrgent || alert.isTest) this.wait();
  }

  // Say it in the words of now: the language may be another.
  word(alert, words) {
    this.words = words;
    for (const [name, node] of Object.entries(this.parts)) write(node, alert[name]);
    this.parts.text.hidden = alert.text === "";
    for (const name of ["aria-label", "title"]) mark(this.shut, name, words.close);
  }

  // What cannot be opened stays, and says so.
  opened(isDone) {
    if (isDone) this.end();
    else write(this.parts.what, this.words.not_done);
  }

  pressed(event) {
    event.stopPropagation(); // no shortcut of JupyterLab
    if (event.key === "Escape") this.end();
  }

  // It goes by itself, but not while somebody reads it.
  wait() {
    this.root.addEventListener("mouseenter", () => clearTimeout(this.going));
    this.root.addEventListener("focusin", () => clearTimeout(this.going));
    const go = () => {
      clearTimeout(this.going);
      this.going = setTimeout(() => this.end(), STAYS_MS);
    };
    this.root.addEventListener("mouseleave", go);
    this.root.addEventListener("focusout", go);
    go();
  }

  end() {
    clearTimeout(this.going);
    this.root.remove();
  }

  get isShown() {
    return this.root.isConnected && this.root.getClientRects().length > 0;
  }
}

function desktopState() {
  if (typeof Notification === "undefined" || !isSecureContext) return "unsupported";
  return Notification.permission;
}

// Show a notification of the operating system's; null where that failed.
function notifyDesktop({ alert, open }) {
  try {
    const shown = new Notification(`${alert.mark} ${alert.name}`, {
      body: alert.text ? `${alert.what}\n${alert.text}` : alert.what,
      tag: `deskkit ${alert.id}`, // one a conversation: the next replaces it
      silent: true, // the sound is another channel
      renotify: true,
      requireInteraction: alert.level === 3 && !alert.isTest,
    });
    shown.onclick = () => {
      globalThis.focus();
      open(alert.id);
      shown.close();
    };
    return shown;
  } catch {
    return null; // some browsers allow it from a service worker alone
  }
}

// The number of conversations to look at, before whatever the page calls itself. Each view is a module of its own, also
// the one that an earlier run of a cell left behind: if each wrote the title anew when another did, the page would stand
// still for ever. So all views of a page share one.
const TITLE = (globalThis[Symbol.for("deskkit title")] ??= {
  counts: new Map(),

  set(key, count) {
    if (count) this.counts.set(key, count);
    else this.counts.delete(key);
    this.watch();
    this.write();
  },

  write() {
    const count = [...this.counts.values()].reduce((sum, one) => sum + one, 0);
    const bare = document.title.replace(/^(\(\d+\+?\) )+/, "");
    const text = count ? `(${badgeText(count)}) ${bare}` : bare;
    if (document.title !== text) document.title = text;
  },

  // JupyterLab writes the title anew with each change of tab.
  watch() {
    if (this.watching) return;
    this.watching = new MutationObserver(() => this.write());
    this.watching.observe(document.head, { subtree: true, childList: true, characterData: true });
  },
});
