// Where the focus goes back to. What opens over the page, and a button under a pointer, have it for a moment only: then it
// is again with the row or the text where it was, and the next key works there.

const CAME = new WeakMap(); // by desk: what had the focus before a pointer pressed something
const BACK = new WeakMap(); // by what opened over the page: what gets the focus when it closes

const DOUBLE_MS = 250; // within which two clicks at one place are a double click; who clicks on and on is slower

// A key held too long presses once, and so does a double click: what it opened, or what stands there next, was not meant.
// What opens a list opens it again, for its second press closed that.
function pressOnce(root) {
  let last = { at: -Infinity };
  root.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const [{ at, button: before }, now] = [last, { at: event.timeStamp, button }];
    last = now;
    if (event.detail < 2 || now.at - at > DOUBLE_MS || (button === before && button.hasAttribute("aria-haspopup"))) return;
    event.preventDefault();
    event.stopPropagation();
  }, true);
  root.addEventListener("keydown", (event) => {
    const isWriting = event.target.matches("textarea") || (event.key === " " && isTyping(event.target));
    if (!event.repeat || !["Enter", " "].includes(event.key) || isWriting) return;
    event.preventDefault();
    event.stopPropagation();
  }, true);
}

function isTyping(target) {
  return target.closest?.("input, textarea, select, [contenteditable]") !== null;
}

function focusedIn(root) {
  return root.getRootNode().activeElement;
}

// What has the focus; of something over the page, what had it before.
function standing(root) {
  const active = focusedIn(root);
  const over = active?.closest(".dk-over");
  return over ? (BACK.get(over) ?? root) : active;
}

// What is gone, hidden or disabled takes no focus: then the desk itself does, whose keys are those of the list.
function giveBack(root, to) {
  if (to?.isConnected && to !== document.body) to.focus({ preventScroll: true });
  if (to === document.body || focusedIn(root) !== to) root.focus({ preventScroll: true });
}

// Whether who was there goes on there once a button was pressed: not in the text of another conversation.
function isBackFrom(pressed, came) {
  const pane = came?.closest(".dk-pane");
  return came?.closest("button") === null && (!pane || !pressed.closest(".dk-pane") || pane.contains(pressed));
}

// A key presses what has the focus already, and leaves it there.
function givesBack(root) {
  root.addEventListener("pointerdown", () => CAME.set(root, standing(root)), true);
  root.addEventListener("keydown", () => CAME.delete(root), true);
  root.addEventListener("click", ({ target }) => {
    const pressed = target.closest("button");
    if (!pressed || pressed !== focusedIn(root) || pressed.closest(".dk-over") || !CAME.has(root)) return;
    const came = CAME.get(root);
    giveBack(root, root.contains(came) && isBackFrom(pressed, came) ? came : root);
  }, true);
  return root;
}
