// A small form over the page for a text to many, or the first of a chat. Unlike a menu it closes only when the desk has
// taken the text; put away before, it comes back with what was written.

class Form {
  // `fields` by name, the texts last; `deed(values)` is what they make, or null where something is missing.
  constructor(desk, at, { name, label, confirm, fields, deed }) {
    Object.assign(this, { desk, at, name, fields, deed, isBusy: false });
    const { store } = desk;
    const kept = desk.seat.keep.form(name);
    for (const [key, field] of Object.entries(fields)) {
      field.value = typeof kept[key] === "string" ? kept[key] : "";
      field.addEventListener("input", () => this.wrote());
      field.addEventListener("change", () => this.keepAll());
    }
    this.problem = el("p", { class: "dk-refused", role: "alert", hidden: true, dir: "auto" });
    this.confirm = confirm;
    this.send = el("button", { type: "button", class: "dk-button dk-main", onclick: () => this.go() });
    this.other = el("button", { type: "button", class: "dk-button", hidden: true, onclick: () => this.openOther() });
    const onkeydown = (event) => this.pressed(event);
    this.over = openOver(at, label, el("div", { class: "dk-form-over", onkeydown }, el("b", null, label), ...Object.values(fields), this.problem,
      el("div", { class: "dk-buttons" }, this.other, this.send, el("button", { type: "button", class: "dk-button", onclick: () => this.over.hidePopover() }, store.say("cancel")))));
    this.over.addEventListener("toggle", (event) => event.newState === "closed" && this.forget());
    this.draw("");
    Object.values(fields)[0].select(); // what was written before and is not meant now goes with the first key
  }

  // As in a conversation Ctrl+Enter sends; in a line Enter leads on.
  pressed(event) {
    if (event.key !== "Enter") return;
    const inOrder = Object.values(this.fields);
    const next = inOrder[inOrder.indexOf(event.target) + 1];
    if (event.ctrlKey || event.metaKey) this.go();
    else if (event.target.tagName === "INPUT" && next) next.focus();
    else return;
    event.preventDefault();
  }

  // What was asked here is asked no more; where the page is loaded again instead, it is.
  forget() {
    this.desk.seat.keep.setAsk(`form ${this.name}`, null);
  }

  values() {
    return Object.fromEntries(Object.entries(this.fields).map(([key, field]) => [key, field.value]));
  }

  keepAll() {
    const values = this.values();
    this.desk.seat.keep.setForm(this.name, Object.values(values).some((one) => one !== "") ? values : null);
  }

  wrote() {
    this.keepAll();
    this.unsure("");
  }

  // The doubt was about another text or customer: what is sent next is asked about anew.
  unsure(problem = this.problem.textContent) {
    [this.isSure, this.offer] = [false, null];
    this.forget();
    this.draw(problem);
  }

  draw(problem) {
    const { store } = this.desk;
    this.problem.hidden = problem === "";
    write(this.problem, problem);
    this.send.disabled = this.isBusy;
    this.other.hidden = !this.offer;
    write(this.other, this.offer?.offer ?? "");
    this.other.classList.toggle("dk-main", Boolean(this.offer)); // what is offered is what one mostly wants
    this.send.classList.toggle("dk-main", !this.offer);
    write(this.send, this.isBusy ? store.say("sending") : this.isSure ? this.sure : this.confirm);
  }

  go() {
    const deed = this.isBusy ? null : this.deed(this.values());
    if (deed === null) return;
    this.sent = JSON.stringify(this.values());
    [this.isBusy, this.offer] = [true, null];
    this.forget();
    this.draw("");
    this.desk.seat.do({ ...deed, ...(this.isSure ? { sure: true } : {}) }, (answer) => this.heard(answer, deed));
  }

  heard(answer, deed) {
    [this.isBusy, this.isSure] = [false, false]; // what was confirmed was so for this answer
    if (answer.ok) {
      if (JSON.stringify(this.values()) === this.sent) this.over.hidePopover();
      else this.draw(""); // something else was written meanwhile
      return;
    }
    const isHere = this.over.isConnected;
    const isSame = JSON.stringify(this.values()) === this.sent;
    if (answer.ask && isHere) {
      [this.isSure, this.sure] = [isSame, answer.ask.confirm || this.confirm];
      if (isSame) this.desk.seat.keep.setAsk(`form ${this.name}`, { deed, ...answer.ask });
      this.offer = isSame && answer.ask.open ? answer.ask : null;
      const isWriting = Object.values(this.fields).includes(this.send.getRootNode().activeElement);
      if (isSame && isWriting && !this.offer) this.refused?.(); // not under a pointer that may click once more
      this.draw(isSame ? answer.ask.text : "");
      if (this.offer && !isWriting) this.other.focus(); // a second Enter begins nothing
      return;
    }
    if (answer.ask) this.desk.seat.question(`deed ${answer.act}`, deed, answer.ask);
    else {
      this.draw((answer.foot ?? []).map((one) => one.text).join(" "));
      this.refused?.();
      const isElsewhere = isHere && !this.over.contains(focusedIn(this.over));
      if (isElsewhere) Object.values(this.fields)[0].focus(); // the button that had the focus took none while it was busy
    }
  }

  openOther() {
    openInstead(this.desk, this.offer.open, this.values().text ?? "");
    this.over.hidePopover();
  }
}

// Open what is there already instead of beginning another. What was written for that stands there to be sent; where
// something is being written there, it stays in the form.
function openInstead(desk, id, text) {
  if (carry(desk, id, { text, way: "reply" }) || !text.trim()) desk.seat.keep.setForm("new", null);
  else desk.store.tellHere("kept_in_form");
  desk.seat.bring(id, { type: true });
}

// Let a text stand as the draft of a conversation, unless another one does; returns whether it does.
function carry({ seat: { keep }, store }, id, { text, way }) {
  if (!text.trim() || keep.drafts(id).some((one) => one.text.trim())) return false;
  keep.setDraft(id, { text, way, saw: store.lastLine(id) }, keep.draft(id));
  return true;
}

// Write one text to many.
function openText(desk, action, ids, at) {
  const { store } = desk;
  const label = store.say("many", { what: store.say(`do_${action}`), n: ids.length });
  const text = el("textarea", { class: "dk-input", rows: "4", dir: "auto", "aria-label": label, placeholder: label });
  const more = action === "note" ? { pinned: false } : {};
  return new Form(desk, at, {
    name: action, label, confirm: store.say(`do_${action}`), fields: { text },
    deed: (values) => (values.text.trim() ? { do: action, ids, text: values.text, ...more } : null),
  });
}

// Begin a chat with a customer.
function openNew(desk, at) {
  const { store } = desk;
  const customer = el("input", { type: "text", class: "dk-input", dir: "auto", "aria-label": store.say("customer"), placeholder: store.say("new_customer") });
  const text = el("textarea", { class: "dk-input", rows: "3", dir: "auto", "aria-label": store.say("first_text"), placeholder: store.say("first_text") });
  const number = el("data", { hidden: true }); // of a known customer that was chosen
  const deed = (values) => {
    const chosen = values.number ? { number: Number(values.number) } : {};
    if (values.customer.trim()) return { do: "new", ids: [], customer: values.customer.trim(), text: values.text, ...chosen };
    customer.focus();
    return null;
  };
  const form = new Form(desk, at, { name: "new", label: store.say("new_chat"), confirm: store.say("begin"), fields: { customer, text, number }, deed });
  const whom = new Whom(desk, customer, number);
  form.refused = () => (number.value ? whom.recall() : whom.ask({ isHeld: true })); // several may be called so: here they are
  number.addEventListener("change", () => form.unsure());
  form.over.addEventListener("toggle", (event) => event.newState === "closed" && whom.stop());
  return form;
}
