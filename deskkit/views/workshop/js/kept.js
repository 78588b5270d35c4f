// The text as it was typed, kept in the page: it outlives the kernel that knew it, and the page's being loaded again.

const PARTS = ["", ":form"]; // what is kept: the text, and what was typed in forms

class KeptText {
  constructor(model) {
    this.model = model;
    this.key = null; // until the kernel says of which log it is
    this.name = null; // under which the text is kept
    this.isAsked = false; // whether it was looked for
    this.isFailing = false; // whether a text that is not live yet is kept nowhere
  }

  of(key) {
    this.key = key;
    this.follow();
  }

  // One page may show several notebooks, and one may be renamed while its text is kept: the text goes with it.
  follow() {
    if (this.key === null) return;
    const path = this.model.widget_manager?.context?.path ?? location.pathname;
    const [old, name] = [this.name, `deskkit:rules:${path}:${this.key}`];
    if (old === name) return;
    this.name = name;
    if (old === null) return;
    try {
      for (const part of PARTS) {
        const text = sessionStorage.getItem(old + part);
        if (text === null) continue;
        sessionStorage.removeItem(old + part);
        sessionStorage.setItem(name + part, text);
      }
    } catch (error) {
      console.warn("deskkit: the text could not be kept under the notebook's new name", error);
    }
  }

  // `begun`: the mark of the version that it was begun from; `isSent`: whether the kernel has it; `over`: what it had
  // before. A text that is null: nothing is kept.
  keep(text, begun, isSent, over) {
    this.follow();
    if (this.name === null) return;
    try {
      sessionStorage.removeItem(this.name); // first: an older text never comes back as the last one
      if (text !== null) sessionStorage.setItem(this.name, JSON.stringify({ text, begun, isSent, over }));
      this.isFailing = false;
    } catch (error) {
      if (!this.isFailing) console.warn("deskkit: the browser keeps nothing", error);
      this.isFailing = text !== null;
    }
  }

  // What was typed in a form, which the kernel never got: `text` says it, of what is typed at the same place the last.
  leave({ at, text }) {
    this.follow();
    try {
      sessionStorage.setItem(`${this.name}:form`, JSON.stringify([...new Map(this.left()).set(at, text)]));
    } catch (error) {
      console.warn("deskkit: the browser keeps nothing", error);
      this.isFailing = true;
    }
  }

  left() {
    const found = this.read(":form");
    return Array.isArray(found) ? found : [];
  }

  putAway() {
    sessionStorage.removeItem(`${this.name}:form`);
  }

  // What was kept, once, where the kernel has nothing but the policy in force, or never got it; else null.
  back({ changed, text }) {
    if (this.isAsked || this.name === null) return null;
    this.isAsked = true;
    const kept = this.read();
    const isLater = !changed || kept?.isSent === false;
    return isLater && typeof kept?.text === "string" && kept.text !== text ? kept : null;
  }

  read(part = "") {
    try {
      return JSON.parse(sessionStorage.getItem(this.name + part));
    } catch {
      return null; // this browser keeps nothing, or what it kept is no such text
    }
  }
}
