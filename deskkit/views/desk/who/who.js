// Who are you? Asked once: this browser remembers the answer by the log, and gives it by itself the next time.

const LONG_LIST = 7;
const COMES_MS = 10_000; // the desk of whoever said who it is
const SEEK_DESK_MS = 50;

// Whoever was at the question is at the desk that takes its place; who went elsewhere meanwhile stays there.
function seat(place) {
  const end = performance.now() + COMES_MS;
  const seeking = setInterval(() => {
    const desk = place.querySelector(".dk-desk:not([aria-busy])");
    const { activeElement } = document; // the page, the notebook or the cell, once the question is gone
    const isLeft = !activeElement.contains(place) && !place.contains(activeElement);
    if (!isLeft) desk?.focus({ preventScroll: true }); // which it takes once it is in sight
    if (desk?.contains(document.activeElement) || isLeft || performance.now() > end) clearInterval(seeking);
  }, SEEK_DESK_MS);
}

class Who {
  constructor(model, host) {
    this.model = model;
    this.kernel = new Kernel(model, () => {});
    this.el = el("div", { class: "dk-live dk-who", "data-lm-suppress-shortcuts": "true", onkeydown: ownKey });
    host.append(this.el);
    this.hear = (message) => this.heard(message);
    model.on("msg:custom", this.hear);
    this.kernel.send({ type: "hello" });
  }

  heard(message) {
    if (message.type === "wrong") this.stay(message.text);
    if (message.type !== "who") return;
    this.key = `deskkit:${message.key}:me`;
    this.labels = message.labels;
    this.draw(message.people);
    const known = message.again ? this.forget() : this.remembered();
    if (known) this.choose(known);
  }

  // Nobody is seated yet: why.
  stay(text) {
    this.problem.hidden = false;
    write(this.problem, text);
    this.form.classList.remove("dk-busy");
  }

  remembered() {
    try {
      return localStorage.getItem(this.key) ?? "";
    } catch {
      return ""; // this browser keeps nothing: it asks every time
    }
  }

  forget() {
    try {
      localStorage.removeItem(this.key);
    } catch (error) {
      console.warn("deskkit: the browser keeps nothing", error);
    }
    return "";
  }

  choose(me) {
    try {
      localStorage.setItem(this.key, me);
    } catch (error) {
      console.warn("deskkit: the browser keeps nothing", error);
    }
    this.problem.hidden = false;
    this.form.classList.add("dk-busy");
    write(this.problem, this.labels.opening);
    if (!this.kernel.send({ type: "me", me })) return this.stay(this.labels.restart);
    const place = this.el.contains(document.activeElement) && this.el.closest(".jp-OutputArea-output");
    if (place) seat(place);
  }

  draw(people) {
    const { labels } = this;
    const list = el("div", { class: "dk-menu" });
    const offer = (query) => {
      const passing = people.filter((one) => `${one.text} ${one.k} ${one.hint}`.toLowerCase().includes(query.trim().toLowerCase()));
      list.replaceChildren(...passing.map((one) => el("button", { type: "button", class: "dk-entry", onclick: () => this.choose(one.k) },
        picture("person"), el("span", { class: "dk-entry-text", dir: "auto" }, one.text), el("span", { class: "dk-faintly" }, one.hint))));
      list.hidden = passing.length === 0;
    };
    const filter = people.length > LONG_LIST
      ? el("input", { type: "text", class: "dk-input", placeholder: labels.find, "aria-label": labels.find, oninput: (event) => offer(event.target.value) })
      : null;
    offer("");
    const name = el("input", { type: "text", class: "dk-input", maxlength: "64", placeholder: labels.other, "aria-label": labels.other });
    const go = (event) => {
      event.preventDefault();
      if (name.value.trim()) this.choose(name.value.trim());
      else name.focus();
    };
    this.problem = el("p", { class: "dk-faintly", role: "status", hidden: true });
    this.form = el("form", { class: "dk-who-form", onsubmit: go }, el("h2", { class: "dk-heading-text" }, labels.who), el("p", { class: "dk-faintly" }, labels.hint),
      filter, list, el("div", { class: "dk-who-other" }, name, el("button", { type: "submit", class: "dk-button" }, labels.go)), this.problem);
    this.el.replaceChildren(this.form);
  }
}

export default {
  initialize({ model }) {
    hears(model);
  },
  render({ model, el: host }) {
    const who = new Who(model, host);
    return () => model.off?.("msg:custom", who.hear);
  },
};
