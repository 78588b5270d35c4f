// A text with numbered lines and marks: a plain textarea over a layer of marks, so that the browser's own editing,
// searching and reading aloud all work. What is written in it is text and nothing else.

const LINE = 20; // pixels, as in the stylesheet
const PAD = 6;

class Editor {
  constructor(say, changed, stood) {
    this.say = say;
    this.changed = changed;
    this.lines = 0;
    this.numbers = el("div", { class: "dk-edit-numbers" });
    this.spots = el("div", { class: "dk-edit-spots" });
    this.marks = el("div", { class: "dk-edit-marks" });
    this.area = el("textarea", {
      class: "dk-edit-area", wrap: "off", spellcheck: "false", autocomplete: "off", autocapitalize: "off", dir: "ltr",
      readonly: true, // until it has a text: what is typed before one would stand in its place
      oninput: () => this.typed(), onscroll: () => this.scrolled(),
    });
    for (const kind of ["click", "keyup"]) {
      this.area.addEventListener(kind, (event) => {
        const walks = kind === "click" || /^(Arrow|Page|Home|End)/.test(event.key);
        if (walks) stood(this.line());
      });
    }
    const gutter = el("div", { class: "dk-edit-gutter", "aria-hidden": "true" }, this.spots, this.numbers);
    this.root = el("div", { class: "dk-edit" }, gutter, el("div", { class: "dk-edit-box" }, this.marks, this.area));
    this.known = { faults: [], warnings: [], chosen: [] };
  }

  get text() {
    return this.area.value;
  }

  // Another text: what is before and after the change keeps its place, and so does the caret in it.
  set text(text) {
    const before = this.area.value;
    this.area.readOnly = false;
    if (before === text) return;
    const { selectionStart, selectionEnd, scrollTop, scrollLeft } = this.area;
    let same = 0;
    while (same < before.length && before[same] === text[same]) same += 1;
    const moved = (at) => (at <= same ? at : Math.max(same, Math.min(text.length, at + text.length - before.length)));
    this.area.value = text;
    this.area.setSelectionRange(moved(selectionStart), moved(selectionEnd));
    this.area.scrollTop = scrollTop;
    this.area.scrollLeft = scrollLeft;
    this.count();
  }

  typed() {
    this.count();
    this.changed(this.area.value);
  }

  count() {
    const count = this.area.value.split("\n").length;
    if (count !== this.lines) {
      this.lines = count;
      this.numbers.textContent = Array.from({ length: count }, (_, n) => n + 1).join("\n");
    }
    this.scrolled();
  }

  line() {
    return this.area.value.slice(0, this.area.selectionStart).split("\n").length;
  }

  scrolled() {
    const { scrollTop } = this.area;
    for (const node of [this.numbers, this.marks, this.spots]) node.style.transform = `translateY(${-scrollTop}px)`;
  }

  mark(known) {
    this.known = { ...this.known, ...known };
    const { faults, warnings, chosen } = this.known;
    const band = (kind, from, to) => {
      const made = el("div", { class: `dk-edit-mark dk-edit-${kind}` });
      made.style.top = `${(from - 1) * LINE + PAD}px`;
      made.style.height = `${(to - from + 1) * LINE}px`;
      return made;
    };
    const spot = (kind, one, sign) => {
      const made = el("span", { class: `dk-edit-spot dk-spot-${kind}` }, sign);
      made.style.top = `${(one.line - 1) * LINE + PAD}px`;
      return made;
    };
    this.marks.replaceChildren(
      ...(chosen.length ? [band("chosen", chosen[0], chosen[1])] : []),
      ...warnings.map((one) => band("odd", one.line, one.line)),
      ...faults.map((one) => band("wrong", one.line, one.line)),
    );
    this.spots.replaceChildren(...warnings.map((one) => spot("odd", one, "!")), ...faults.map((one) => spot("wrong", one, "✕")));
  }

  // Bring lines into sight, a third from the top, without taking the focus.
  show(lines) {
    if (!lines.length) return;
    const [from, to] = lines.map((line) => (line - 1) * LINE);
    const { scrollTop, clientHeight } = this.area;
    if (from < scrollTop || to + LINE > scrollTop + clientHeight) this.area.scrollTop = Math.max(0, from - clientHeight / 3);
    this.area.scrollLeft = 0;
    this.scrolled();
  }

  go(line) {
    const lines = this.area.value.split("\n");
    const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
    this.area.focus({ preventScroll: true });
    this.area.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
    this.show([line, line]);
  }
}
