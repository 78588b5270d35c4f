// Which tab this page has in front. It is this page's own: another page that shows the same kernel may have another one.
// The kernel is told of it, so that it draws what somebody looks at, and told again before it forgets the page.

const AGAIN_FRONT_MS = 20_000;
const SEEK_MS = 50;
const CLICK_MS = 1_000; // from a click on a tab to what it brings to the front
const CLICKED_MS = 100; // after which JupyterLab has put the focus where it wants it
const FOCUS_TRIES = 5;

class Front {
  constructor(model, store) {
    this.model = model; // of the desk: `tabs` names the model of the tabs around it
    this.store = store;
    this.tabs = this.tab = null; // all of them, and the one that was pressed last
    this.told = this.clicked = -Infinity;
    this.click = ({ target, isTrusted }) => isTrusted && this.press(target.closest?.(".lm-TabBar-tab")); // by a hand
    this.roots = new Set(); // in which the tabs are drawn
    this.key = (event) => {
      clearTimeout(this.focusing); // whoever goes on by keyboard stays where that is
      this.save(event);
    };
    addEventListener("pointerdown", this.click, { capture: true });
    addEventListener("keydown", this.key, { capture: true });
    this.heard = () => this.changed();
    this.seek();
  }

  // The models of a page come one after the other; where the desk stands in no tabs it is always in front.
  async seek(left = 100) {
    const id = this.model.get("tabs");
    try {
      if (!id) throw new Error("not yet");
      this.tabs = await this.model.widget_manager.get_model(id);
    } catch {
      if (left > 0) this.seeking = setTimeout(() => this.seek(left - 1), SEEK_MS);
      return;
    }
    this.keep = new Keep(id);
    this.tabs.on("change:selected_index", this.heard);
    const { at } = this.keep.read(SESSION, "front");
    if (this.tabs.get("selected_index") === null) this.show(Number.isInteger(at) && at < this.tabs.get("children").length ? at : 0);
    this.wake();
  }

  // A notebook that draws its cells when it has time tells some of what it shows that it stands in the page, but not
  // that it is about to, which is when a bar of tabs begins to listen. Told twice, it listens once all the same. Who walks
  // along it, or clicked beside what it shows, means no command of JupyterLab's by a letter.
  wake() {
    this.each(({ el: root, luminoWidget }) => {
      this.roots.add(root);
      luminoWidget?.tabBar?.onBeforeAttach();
      for (const one of [root, ...root.querySelectorAll(":scope > .lm-TabBar .lm-TabBar-tab")]) one.setAttribute("data-lm-suppress-shortcuts", "true");
      root.tabIndex = -1;
      root.style.outline = "none";
    });
  }

  // Do something with each drawing of the tabs.
  each(go) {
    for (const view of Object.values(this.tabs?.views ?? {})) view.then(go);
  }

  get at() {
    return this.tabs?.get("selected_index") ?? 0;
  }

  show(at) {
    this.tabs?.set("selected_index", at);
  }

  // While views are being made, none is selected for a moment: what was chosen stays chosen.
  changed() {
    if (this.tabs.get("selected_index") === null) return;
    this.keep.write(SESSION, "front", { at: this.at });
    this.tell();
    if (performance.now() - this.clicked < CLICK_MS) this.focusSoon((root) => root.contains(this.tab));
  }

  press(tab) {
    clearTimeout(this.focusing);
    if (!tab) return;
    [this.tab, this.clicked] = [tab, performance.now()];
    if (tab.classList.contains("lm-mod-current")) this.focusSoon((root) => root.contains(this.tab)); // nothing will change
  }

  // A click on a tab leaves the focus with some cell of the notebook, where a letter is a command of JupyterLab's: what was
  // chosen gets it, where nobody is in it already. Who walks along the tabs by keyboard stays there.
  // On a busy page it comes into sight later, so it is tried again.
  focusSoon(isMeant, into, left = FOCUS_TRIES) {
    clearTimeout(this.focusing);
    if (left === 0) return;
    this.focusing = setTimeout(() => {
      this.focus(isMeant, into);
      this.focusSoon(isMeant, into, left - 1);
    }, CLICKED_MS);
  }

  focus(isMeant, into) {
    this.each(({ el: root }) => {
      const active = document.activeElement;
      const isWithin = active !== root && root.contains(active) && !active.closest(".lm-TabBar");
      if (isWithin || !isMeant(root)) return;
      if (into) root.scrollIntoView(into); // whoever scrolled away sees what came of it
      const roots = [...root.querySelectorAll("[data-lm-suppress-shortcuts][tabindex]:not(.lm-TabBar-tab)")];
      roots.find((one) => one.getClientRects().length > 0)?.focus({ preventScroll: true });
    });
  }

  // Something was chosen elsewhere, on a board or a popup, and stands in the desk: it comes to the front, with the focus.
  come() {
    this.show(0);
    this.reveal();
    this.focusSoon((root) => root.getClientRects().length > 0, { block: "nearest" });
  }

  // Where another notebook is in front of the one where something is to be seen, its tab is pressed as a hand would; in
  // JupyterLab's simple interface it stands there unseen, and is found where it has a place for that moment.
  reveal() {
    this.each(({ el: root }) => {
      const panel = root.closest(".lm-DockPanel-widget.lm-mod-hidden");
      const tab = panel && document.querySelector(`.lm-DockPanel-tabBar [data-id="${CSS.escape(panel.id)}"]`);
      if (!tab) return;
      const unseen = tab.closest(".lm-DockPanel-tabBar.lm-mod-hidden");
      unseen?.classList.remove("lm-mod-hidden");
      const { left, top } = tab.getBoundingClientRect();
      const at = { button: 0, bubbles: true, clientX: left + 1, clientY: top + 1 };
      for (const type of ["pointerdown", "pointerup"]) tab.dispatchEvent(new PointerEvent(type, at));
      unseen?.classList.add("lm-mod-hidden");
    });
  }

  // The keys that save a notebook do that here too, where JupyterLab hears none: else the browser would save its page.
  save(event) {
    const isSave = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "s";
    const { context } = this.model.widget_manager ?? {};
    if (!isSave || !context?.save || ![...this.roots].some((one) => one.contains(event.target))) return;
    event.preventDefault();
    context.save();
  }

  tell() {
    this.told = performance.now();
    this.store.send({ type: "front", page: pageName(), at: this.at });
  }

  beat() {
    this.wake();
    if (performance.now() - this.told > AGAIN_FRONT_MS) this.tell();
  }

  end() {
    clearTimeout(this.seeking);
    clearTimeout(this.focusing);
    removeEventListener("pointerdown", this.click, { capture: true });
    removeEventListener("keydown", this.key, { capture: true });
    this.tabs?.off("change:selected_index", this.heard);
  }
}
