// The forms beside the text: families, the rules of one, and the fields of the rule that is chosen.

// Make what is in a node anew where what it shows is another; the place one stands at in it is kept.
function renewKeeping(node, shown, make) {
  const at = node.contains(document.activeElement) ? document.activeElement.dataset.at : undefined;
  renew(node, shown, make);
  if (at === undefined || node.contains(document.activeElement)) return;
  const all = [...node.querySelectorAll("[data-at]")];
  (all.find((one) => one.dataset.at === at) ?? all.find((one) => one.dataset.at === "chosen"))?.focus();
}

// Where drawing a node took away, hid or disabled what had the focus there, the text gets it: the next key works.
function textKeeping(editor, node, draw) {
  const had = node.contains(document.activeElement);
  draw();
  const active = document.activeElement;
  if (had && (!node.contains(active) || node.hidden || active.disabled)) editor.area.focus({ preventScroll: true });
}

class Forms {
  constructor(page) {
    this.page = page;
    this.fields = new Fields(page);
    this.families = el("nav", { class: "dk-shop-families" });
    this.items = el("div", { class: "dk-shop-items" });
    this.head = el("div", { class: "dk-shop-item-head" });
    this.form = el("div", { class: "dk-shop-form" });
    this.refused = el("div", { class: "dk-shop-refused", role: "alert" });
    const right = el("div", { class: "dk-shop-right" }, this.head, this.refused, this.form);
    this.root = el("section", { class: "dk-shop-forms" }, this.families, el("div", { class: "dk-shop-two" }, this.items, right));
    this.made = new Map();
    this.path = null;
  }

  draw(form) {
    const { page } = this;
    mark(this.root, "aria-label", page.say("by_form"));
    mark(this.families, "aria-label", page.say("families"));
    renewKeeping(this.families, [page.families, form.k], () => page.families.map((one) => this.family(one, form.k)));
    renewKeeping(this.items, [form.parts, form.chosen, page.language], () => form.parts.flatMap((part) => this.part(part, form.chosen)));
    const { item } = form;
    this.title = form.parts.flatMap((part) => part.items).find((one) => one.path === form.chosen)?.text ?? "";
    if (item?.path !== this.path) this.leave(item?.path);
    renewKeeping(this.head, [item?.path, item?.up, item?.down, item?.shape, form.k, page.language], () => (item ? this.tools(item) : []));
    if (item) this.fill(item);
    else this.form.replaceChildren(el("p", { class: "dk-faintly" }, page.say("nothing_here")));
  }

  // Another window may have chosen another rule: whoever stands in a field leaves it with what was typed, and stays here.
  leave(path) {
    const isHere = this.form.contains(document.activeElement);
    if (isHere) document.activeElement.blur();
    this.path = path;
    this.made.clear();
    this.form.replaceChildren();
    this.refused.replaceChildren();
    if (isHere) this.root.closest(".dk-shop").focus({ preventScroll: true });
  }

  family(one, chosen) {
    const go = () => this.page.send({ type: "pick", family: one.k, path: "", shows: true });
    return el("button", { type: "button", class: `dk-pill ${one.k === chosen ? "dk-on" : ""}`, "aria-current": one.k === chosen ? "true" : null, "data-at": one.k, onclick: go }, one.text);
  }

  part(part, chosen) {
    const { page } = this;
    const add = part.shape === "list" || part.shape === "named"
      ? button(page.say("add_to", { what: part.text }), { class: "dk-icon", "data-at": `+${part.path}`, onclick: () => this.add(part) }, picture("plus"))
      : null;
    const rows = part.items.map((item) => {
      const isChosen = item.path === chosen;
      const go = () => page.send({ type: "pick", path: item.path, shows: true });
      return el("li", {}, el("button", { type: "button", class: `dk-shop-item ${isChosen ? "dk-on" : ""}`, "aria-current": isChosen ? "true" : null, "data-at": isChosen ? "chosen" : item.path, onclick: go }, el("span", { dir: "auto" }, item.text)));
    });
    const title = part.shape === "one" ? null : el("div", { class: "dk-shop-part" }, el("h3", {}, part.text), add);
    return [title, rows.length ? el("ul", { "aria-label": part.text }, ...rows) : title && el("p", { class: "dk-faintly" }, page.say("none_yet"))].filter(Boolean);
  }

  add(part) {
    if (part.shape === "list") {
      this.page.send({ type: "add", part: part.path });
      return;
    }
    const input = el("input", { class: "dk-shop-input", "aria-label": this.page.say("new_name"), placeholder: this.page.say("new_name") });
    const done = () => {
      const name = input.value.trim();
      if (name) this.page.send({ type: "add", part: part.path, name }, { at: `add ${part.path}`, text: `${this.page.say("add_to", { what: part.text })}: ${name}` });
      this.refused.replaceChildren();
    };
    input.addEventListener("keydown", (event) => event.key === "Enter" && done());
    this.refused.replaceChildren(el("span", { class: "dk-shop-ask" }, input, el("button", { type: "button", class: "dk-button", onclick: done }, this.page.say("add"))));
    input.focus();
  }

  tools(item) {
    const { say } = this.page;
    const act = (message) => () => this.page.send({ path: item.path, ...message });
    const code = el("code", { class: "dk-shop-path" }, item.path || "…");
    if (item.shape === "one") return [code];
    const order = item.shape === "list" ? [
      button(say("up"), { class: "dk-icon", "data-at": "up", disabled: !item.up, onclick: act({ type: "move", by: -1 }) }, "↑"),
      button(say("down"), { class: "dk-icon", "data-at": "down", disabled: !item.down, onclick: act({ type: "move", by: 1 }) }, "↓"),
    ] : [];
    return [code, el("span", { class: "dk-gap" }), ...order, button(say("remove"), { class: "dk-icon", "data-at": "remove", onclick: act({ type: "remove" }) }, picture("close"))];
  }

  // Each field is made anew only where the text says another thing; the place one stands at in it is kept.
  fill(item) {
    for (const field of item.fields) {
      let node = this.made.get(field.key);
      if (!node) {
        node = el("div", { class: "dk-shop-field" });
        this.made.set(field.key, node);
        this.form.append(node);
      }
      const { lines, ...shown } = field;
      const names = field.kind === "condition" ? this.page.options : this.page.options[field.options];
      renewKeeping(node, [shown, names, this.page.language], () => this.fields.make(field, (v) => this.edit(field, v)));
    }
  }

  edit(field, v) {
    this.refused.replaceChildren();
    this.page.send({ type: "edit", path: field.path, v }, { at: field.path, text: `${this.title} · ${field.text}: ${inWords(v, field.v)}` });
  }

  refuse(fault) {
    this.refused.replaceChildren(...faultTexts(fault, this.page.say));
  }
}

// What a field was left with, as text; of a map what is another than it was.
function inWords(v, was) {
  if (Array.isArray(v)) return v.map((one) => (typeof one === "string" ? one : Object.values(one).join(" "))).join(", ") || "–";
  if (v === null || typeof v !== "object") return String(v ?? "") || "–";
  const before = new Map(Object.entries(was));
  return Object.entries(v).filter(([name, one]) => one !== (before.get(name) ?? "")).map(([name, one]) => `${name} ${one || "–"}`).join(", ");
}

// What is wrong: the problem, what was met, what would be right, and an example.
function faultTexts(fault, say) {
  const row = (key, text, code) => (text ? el("div", {}, el("span", { class: "dk-faintly" }, `${say(key)} `), el(code ? "code" : "span", { dir: "auto" }, text)) : null);
  return [el("strong", { dir: "auto" }, fault.problem), row("got", fault.value, true), row("expected", fault.expected, false), row("example", fault.example, true)].filter(Boolean);
}
