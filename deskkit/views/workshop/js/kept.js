// The text as it was typed, kept in the page: it outlives the kernel that knew it, and the page's being loaded again.

class KeptText {
  constructor(model) {
    const path = model.widget_manager?.context?.path ?? location.pathname; // one page may show several notebooks
    this.place = `deskkit:rules:${path}`;
    this.name = null; // until the kernel says of which log it is
    this.isAsked = false; // whether it was looked for
  }

  of(key) {
    this.name = `${this.place}:${key}`;
  }

  // `begun`: the fingerprint of the policy that it began with; `isSent`: whether the kernel has it. Null: nothing is kept.
  keep(text, begun, isSent) {
    if (this.name === null) return;
    try {
      if (text === null) sessionStorage.removeItem(this.name);
      else sessionStorage.setItem(this.name, JSON.stringify({ text, begun, isSent }));
    } catch (error) {
      console.warn("deskkit: the browser keeps nothing", error);
    }
  }

  // What was kept, once, where the kernel has nothing but the policy in force, or never got it; else null.
  back({ changed, text }) {
    if (this.isAsked || this.name === null) return null;
    this.isAsked = true;
    const kept = this.read();
    const isLater = !changed || kept?.isSent === false;
    return isLater && typeof kept?.text === "string" && kept.text !== text ? kept : null;
  }

  read() {
    try {
      return JSON.parse(sessionStorage.getItem(this.name));
    } catch {
      return null; // this browser keeps nothing, or what it kept is no such text
    }
  }
}
