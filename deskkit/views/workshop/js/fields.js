// The fields of a form, by kind. Each tells what was typed when it is left or chosen; what comes of it comes back.

function option(value, text, chosen) {
  return el("option", { value, selected: value === chosen }, text);
}

function choose(values, chosen, attributes) {
  const known = values.some((one) => one.k === chosen) ? values : [{ k: chosen, text: chosen }, ...values];
  return el("select", { class: "dk-shop-input", ...attributes }, ...known.map((one) => option(one.k, one.text, chosen)));
}

const WORDED = new Set(["levels", "facets", "events"]); // which have words of the view's own

class Fields {
  constructor(page) {
    this.page = page;
  }

  options(name) {
    return this.page.options[name] ?? [];
  }

  // What a name of a policy is called; of most, which a policy chose itself, the name.
  called(kind, name) {
    if (kind === "groups" && Object.hasOwn(this.page.titles, name)) return `${this.page.titles[name]} (${name})`;
    return (WORDED.has(kind) && this.page.say(`${kind}_${name}`)) || name;
  }

  make(field, send) {
    const id = serialName("field");
    const make = {
      text: () => this.line(field, id, send), number: () => this.line(field, id, send), time: () => this.line(field, id, send),
      long: () => this.lines(field, id, send, 5), lines: () => this.lines(field, id, send, 6), rows: () => this.lines(field, id, send, 6),
      choice: () => this.choice(field, id, send), flag: () => this.flag(field, id, send),
    }[field.kind];
    if (make) return [el("label", { class: "dk-shop-label", for: id }, field.text), make()];
    const group = { names: () => this.names(field, send), map: () => this.map(field, send), condition: () => this.condition(field, send), labels: () => this.labels(field) };
    return [el("fieldset", { class: "dk-shop-group" }, el("legend", { class: "dk-shop-label" }, field.text), group[field.kind]())];
  }

  line(field, id, send) {
    const hint = field.given ? null : this.page.say("usual");
    const made = el("input", { id, class: "dk-shop-input", value: field.v, placeholder: hint, "data-at": "v", autocomplete: "off" });
    made.addEventListener("change", () => send(made.value));
    return made;
  }

  lines(field, id, send, least) {
    const rows = Math.min(14, Math.max(least, field.v.split("\n").length + 1));
    const made = el("textarea", { id, class: "dk-shop-input", rows, spellcheck: "false", "data-at": "v", wrap: field.kind === "rows" ? "off" : null });
    made.value = field.v;
    made.addEventListener("change", () => send(made.value));
    return made;
  }

  choice(field, id, send) {
    const values = [...(field.given ? [] : [{ k: "", text: "–" }]), ...this.options(field.options).map((name) => ({ k: name, text: this.called(field.options, name) }))];
    const made = choose(values, field.v, { id, "data-at": "v" });
    made.addEventListener("change", () => send(made.value));
    return made;
  }

  flag(field, id, send) {
    const say = this.page.say;
    const values = [...(field.given ? [] : [{ k: "", text: say("usual") }]), { k: "true", text: say("yes") }, { k: "false", text: say("no") }];
    const made = choose(values, field.v === null ? "" : String(field.v), { id, "data-at": "v" });
    made.addEventListener("change", () => send(made.value === "" ? null : made.value === "true"));
    return made;
  }

  names(field, send) {
    const boxes = [...new Set([...this.options(field.options), ...field.v])].map((name) => {
      const box = el("input", { type: "checkbox", value: name, checked: field.v.includes(name), "data-at": name });
      box.addEventListener("change", () => send(boxes.filter(([one]) => one.checked).map(([one]) => one.value)));
      return [box, el("label", { class: "dk-shop-check" }, box, el("span", { dir: "auto" }, this.called(field.options, name)))];
    });
    return el("div", { class: "dk-shop-checks" }, ...boxes.map(([, label]) => label));
  }

  // Tags of a facet: what is done to one is said to the kernel by name, and comes back as another text.
  labels(field) {
    const { say } = this.page;
    const facet = field.path.split(".")[1];
    const words = { add: "new_label", rename: "rename", colour: "colour", retire: "retire", revive: "revive" };
    const tell = (message) => {
      const names = [message.tag, message.to].filter(Boolean).join(" → ");
      const text = `${this.page.forms.title} · ${say(words[message.do])}: ${names}`;
      this.page.send({ type: "label", facet, ...message }, { at: `${facet} ${message.do} ${message.tag ?? message.to}`, text });
    };
    const rows = field.v.map((tag) => this.label(tag, field.v, tell));
    const fresh = el("input", { class: "dk-shop-input", placeholder: say("new_label"), "aria-label": say("new_label"), "data-at": "new" });
    const add = () => fresh.value.trim() && tell({ do: "add", to: fresh.value.trim() });
    fresh.addEventListener("keydown", (event) => event.key === "Enter" && add());
    const plus = button(say("add"), { class: "dk-icon", onclick: add }, picture("plus"));
    return el("div", { class: "dk-shop-tags" }, ...rows, el("div", { class: "dk-shop-tag" }, el("span"), fresh, plus));
  }

  label(tag, all, tell) {
    const { say } = this.page;
    const about = (key) => `${say(key)}: ${tag.k}`;
    const colour = el("input", { type: "color", value: hueOf(tag.text, tag.colour), "aria-label": about("colour"), title: say("colour"), "data-at": `c${tag.k}` });
    colour.addEventListener("change", () => tell({ do: "colour", tag: tag.k, to: colour.value }));
    const name = el("input", { class: "dk-shop-input", value: tag.k, disabled: tag.retired, "aria-label": about("rename"), "data-at": `n${tag.k}` });
    name.addEventListener("change", () => name.value.trim() && name.value.trim() !== tag.k && tell({ do: "rename", tag: tag.k, to: name.value.trim() }));
    const others = all.filter((one) => one.k !== tag.k && !one.retired);
    const merge = choose([{ k: "", text: say("merge") }, ...others.map((one) => ({ k: one.k, text: one.k }))], "", { "aria-label": about("merge"), "data-at": `m${tag.k}` });
    merge.addEventListener("change", () => merge.value && tell({ do: "rename", tag: tag.k, to: merge.value }));
    const rest = tag.retired ? "revive" : "retire";
    const put = el("button", { type: "button", class: "dk-button", "aria-label": about(rest), "data-at": `r${tag.k}`, onclick: () => tell({ do: rest, tag: tag.k }) }, say(rest));
    const was = tag.was.length ? el("div", { class: "dk-shop-was" }, say("was", { names: tag.was.join(", ") })) : null;
    return el("div", { class: `dk-shop-tag ${tag.retired ? "dk-shop-retired" : ""}` }, colour, name, put, tag.retired ? null : merge, was);
  }

  map(field, send) {
    const names = [...new Set([...this.options(field.options), ...Object.keys(field.v)])];
    const inputs = names.map((name) => {
      const input = el("input", { class: "dk-shop-input", value: Object.hasOwn(field.v, name) ? field.v[name] : "", placeholder: "–", "data-at": name, autocomplete: "off" });
      input.addEventListener("change", () => send(Object.fromEntries(inputs.map(([key, one]) => [key, one.value]))));
      return [name, input];
    });
    return el("div", { class: "dk-shop-map" }, ...inputs.map(([name, input]) => el("label", {}, el("span", { dir: "auto" }, this.called(field.options, name)), input)));
  }

  // Rows of key, sign and value; a row that says nothing yet is not sent.
  condition(field, send) {
    const { say } = this.page;
    const rows = field.v.map((row) => ({ ...row }));
    const box = el("div", { class: "dk-shop-rows" });
    const tell = () => {
      const whole = rows.filter((row) => row.k && (row.sign === "never" || row.v.trim()));
      if (whole.length === rows.length || JSON.stringify(whole) !== JSON.stringify(field.v)) send(whole);
    };
    const draw = () => box.replaceChildren(...rows.map((row, at) => this.row(row, at, rows, draw, tell)), add);
    const add = button(say("add_condition"), { class: "dk-button", "data-at": "add", onclick: () => {
      rows.push({ k: "tag", sign: "is", v: "" });
      draw();
      box.children[rows.length - 1].querySelector("select").focus();
    } }, picture("plus"), say("add_condition"));
    draw();
    return box;
  }

  row(row, at, rows, draw, tell) {
    const { say, keys } = this.page;
    const known = keys.find((one) => one.k === row.k);
    const key = choose(keys, row.k, { "aria-label": say("what"), "data-at": `${at}k` });
    key.addEventListener("change", () => {
      const now = keys.find((one) => one.k === key.value);
      Object.assign(row, { k: key.value, sign: now?.signs[0] ?? "is", v: "" });
      draw();
      key.closest(".dk-shop-rows")?.querySelector(`[data-at="${at}v"]`)?.focus();
    });
    const offered = new Set([...(known?.signs ?? ["is", ">=", "<=", "="]), row.sign]);
    const signs = [...offered].map((one) => ({ k: one, text: say(`sign_${one}`) || one }));
    const sign = choose(signs, row.sign, { "aria-label": say("how"), "data-at": `${at}s` });
    sign.addEventListener("change", () => {
      row.sign = sign.value;
      draw();
      tell();
    });
    const value = this.value(row, at, known);
    value.addEventListener("change", () => {
      row.v = value.value;
      tell();
    });
    const off = button(say("take_off_row"), { class: "dk-icon", "data-at": `${at}x`, onclick: () => {
      rows.splice(at, 1);
      draw();
      tell();
    } }, picture("close"));
    return el("div", { class: `dk-shop-row ${row.sign === "toml" ? "dk-shop-wide" : ""}` }, key, sign, value, off);
  }

  value(row, at, known) {
    const attributes = { "aria-label": this.page.say("value"), "data-at": `${at}v` };
    if (row.sign === "never") return el("input", { ...attributes, class: "dk-shop-input", value: "", disabled: true });
    if (row.k === "returning" || row.k === "open") {
      const values = [{ k: "true", text: this.page.say("yes") }, { k: "false", text: this.page.say("no") }];
      return choose(row.v ? values : [{ k: "", text: "–" }, ...values], row.v, attributes);
    }
    if (row.sign === "toml") {
      const made = el("textarea", { ...attributes, class: "dk-shop-input dk-shop-code", rows: 2, spellcheck: "false" });
      made.value = row.v;
      return made;
    }
    const list = serialName("list");
    const kind = row.k === "level" ? "levels" : known?.options;
    const names = this.options(kind);
    const input = el("input", { ...attributes, class: "dk-shop-input", value: row.v, list: names.length ? list : null, autocomplete: "off" });
    if (!names.length) return input;
    const data = el("datalist", { id: list }, ...names.map((name) => el("option", { value: name, label: this.called(kind, name) })));
    const both = el("span", { class: "dk-shop-both" }, input, data);
    Object.defineProperty(both, "value", { get: () => input.value });
    return both;
  }
}
