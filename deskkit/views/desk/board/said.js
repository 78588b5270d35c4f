// What came of a deed on a board, and what is asked before it: beside the first title, where no room is kept for it and
// nothing moves. Who acts far down sees no title: there it stands over the foot of the page.

const SAID_MS = 20_000; // after which what came of a deed is no news

class BoardSaid {
  constructor(page) {
    this.page = page;
    this.el = el("div", { class: "dk-board-said", role: "status", tabindex: "-1", onkeydown: (event) => event.key === "Escape" && this.clear() });
    this.inSight = new Map();
    this.watch = new IntersectionObserver((entries) => {
      for (const one of entries) this.inSight.set(one.target, one.isIntersecting);
      this.place();
    });
    this.watch.observe(page.frame);
  }

  end() {
    this.watch.disconnect();
  }

  // The head of the first section.
  standIn(head) {
    if (!head || this.head === head) return;
    if (this.head) this.watch.unobserve(this.head);
    this.head = head;
    head.append(this.el);
    this.watch.observe(head);
  }

  say(...nodes) {
    this.saidAt = performance.now();
    this.el.replaceChildren(...nodes);
    if (!nodes.length) this.el.blur(); // it is hidden, and would lose the focus a moment later
    this.place();
  }

  clear() {
    this.page.staying(() => this.say());
  }

  settle() {
    this.place();
    if (performance.now() - this.saidAt > SAID_MS && !this.el.querySelector(".dk-strong, :focus")) this.clear();
  }

  place() {
    if (!this.page.frame.getClientRects().length) this.page.frame.querySelector(".dk-over")?.hidePopover(); // nor does a list stand over another tab
    const isFar = this.el.isConnected && this.el.hasChildNodes() && this.inSight.get(this.head) === false && this.inSight.get(this.page.frame);
    if (Boolean(isFar) === this.el.hasAttribute("popover")) return;
    const focused = this.el.contains(document.activeElement) ? document.activeElement : null;
    if (isFar) {
      this.el.setAttribute("popover", "manual");
      this.el.showPopover();
    } else this.el.removeAttribute("popover");
    focused?.focus({ preventScroll: true });
  }

  // Say what came of a deed; `undo`: what undoes it, done by `go`.
  answered({ ok, foot, undo }, go) {
    const { board } = this.page;
    const lines = foot.map((one) => el("span", { dir: "auto" }, one.about ? el("b", {}, `${one.about} `) : null, one.text));
    if (undo) lines.push(el("button", { type: "button", class: "dk-button", onclick: () => go({ do: "undo", ids: [], undo: undo.undo }) }, board.say("undo_this", { what: undo.text })));
    this.el.classList.toggle("dk-board-refused", !ok);
    this.page.staying(() => this.say(...lines));
  }

  // Ask once whether it is really meant, of whom it is about. It comes when the desk has thought about it, so no key that is
  // pressed just then answers it: no button has the focus, and who looks for a name in a list, or writes elsewhere, goes on.
  ask({ text, confirm }, called, go) {
    const sure = el("button", { type: "button", class: "dk-button dk-strong", onclick: () => { this.clear(); go(); } }, confirm);
    const not = el("button", { type: "button", class: "dk-button", onclick: () => this.clear() }, this.page.board.say("cancel"));
    this.el.classList.remove("dk-board-refused");
    this.say(el("span", { dir: "auto" }, called ? el("b", {}, `${called} `) : null, text), sure, not);
    const isElsewhere = isTyping(document.activeElement) && !this.page.frame.contains(document.activeElement);
    if (!isElsewhere && !this.page.frame.querySelector(".dk-over")) this.el.focus({ preventScroll: true });
  }
}
