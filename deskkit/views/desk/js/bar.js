// The head with the figures of the desk.

class Bar {
  constructor(screen) {
    this.desk = screen.desk;
    this.title = el("h2", { class: "dk-heading-text" });
    this.parts = el("div", { class: "dk-parts" });
    this.warn = el("span", { class: "dk-warn" });
    this.fresh = button("", { class: "dk-tool dk-new", onclick: () => this.begin() });
    this.keys = button("", { class: "dk-icon", onclick: () => screen.openKeys() }, picture("keyboard"));
    this.me = button("", { class: "dk-tool", onclick: () => this.desk.store.send({ type: "leave" }) });
    this.languages = el("div", { class: "dk-switch", role: "group" });
    this.el = el("div", { class: "dk-bar-top" }, this.title, this.parts, this.warn,
      el("div", { class: "dk-bar-end" }, this.me, this.fresh, this.languages, this.keys));
  }

  draw() {
    const { store } = this.desk;
    const { title, parts, warn } = store.head;
    write(this.title, title);
    const made = (part) => el("span", { class: part.alarm ? "dk-part dk-alarmed" : "dk-part" }, el("b", null, part.n), ` ${part.text}`);
    renew(this.parts, parts, () => parts.map(made));
    this.tick();
    this.warn.hidden = !warn;
    write(this.warn, warn ?? "");
    this.me.hidden = !store.leaves;
    const who = store.head.me ?? store.me;
    renew(this.me, [who, store.language], () => [picture("person"), el("span", { class: "dk-tool-text", dir: "auto" }, who)]);
    for (const name of ["aria-label", "title"]) mark(this.me, name, store.say("who_else", { name: who }));
    this.drawFresh();
    if (this.labels === store.labels) return;
    this.labels = store.labels;
    this.fresh.replaceChildren(picture("plus"), el("span", { class: "dk-tool-text" }, store.say("new_chat")));
    for (const name of ["aria-label", "title"]) mark(this.keys, name, store.say("keys"));
    mark(this.languages, "aria-label", store.say("language"));
    this.languages.replaceChildren(...["en", "zh"].map((language) => el("button", {
      type: "button", lang: language === "zh" ? "zh-CN" : "en", "aria-pressed": store.language === language,
      onclick: () => this.desk.speak(language),
    }, store.say(`language_${language}`))));
  }

  // Where no chat can be begun the button says why before anybody writes one; it keeps its place for the keyboard.
  drawFresh() {
    const { store } = this.desk;
    const why = store.head.unopened || null;
    mark(this.fresh, "aria-label", store.say("new_chat"));
    mark(this.fresh, "aria-disabled", why && "true");
    mark(this.fresh, "aria-description", why);
    mark(this.fresh, "title", why ?? store.say("new_chat"));
  }

  begin() {
    const { store } = this.desk;
    if (!store.head.unopened) openNew(this.desk, this.fresh);
    else openOver(this.fresh, store.say("new_chat"), el("p", { class: "dk-form-over", role: "alert", dir: "auto" }, store.head.unopened), "note");
  }

  // What lasts runs on by the clock of the list.
  tick() {
    const { store } = this.desk;
    store.head.parts.forEach(({ since }, at) => {
      const drawn = this.parts.children[at]; // a figure that came just now is drawn with the next frame
      if (typeof since !== "number" || !drawn) return;
      write(drawn.firstChild, clockText(store.now() - since, (key, values) => store.say(key, values)));
    });
  }
}
