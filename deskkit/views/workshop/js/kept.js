// The text as it was typed, kept in the page: it outlives the kernel that knew it, and the page's being loaded again.

class KeptText {
  constructor(model) {
    const path = model.widget_manager?.context?.path ?? location.pathname; // one page may show several notebooks
    this.place = `deskkit:rules:${path}`;
    this.name = null; // until the kernel says of which log it is
    this.isAsked = false; // whether it was looked for
    this.isFailing = false; // whether a text that is not live yet is kept nowhere
  }

  of(key) {
    this.name = `${this.place}:${key}`;
  }

  // `begun`: the fingerprint of the policy that it began with; `isSent`: whether the kernel has it; `over`: what it had
  // before. A text that is null: nothing is kept.
  keep(text, begun, isSent, over) {
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
