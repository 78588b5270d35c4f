// The handle between the list and what is open: drawn aside by a pointer or by keys; how wide the list is, is kept.

const WEST_LEAST = 240;
const EAST_LEAST = 360;
const WEST_STEP = 24;

class Split {
  constructor(desk) {
    this.desk = desk;
    this.west = null;
    this.el = el("div", {
      class: "dk-split", role: "separator", tabindex: "0", "aria-orientation": "vertical",
      onpointerdown: (event) => this.begin(event),
      onpointermove: (event) => this.el.hasPointerCapture(event.pointerId) && this.set(this.from + event.clientX - this.at),
      onpointerup: () => this.keep(),
      ondblclick: () => this.clear(),
      onkeydown: (event) => this.pressed(event),
      onfocus: () => this.tellWidth(),
    });
  }

  // Stand beside what is made wider.
  beside(west) {
    this.west = west;
    mark(west, "id", serialName("west"));
    mark(this.el, "aria-controls", west.id);
    return this.el;
  }

  draw() {
    const label = this.desk.store.say("split");
    mark(this.el, "aria-label", label);
    mark(this.el, "title", label);
    const { width } = this.desk.seat.keep.read(LOCAL, "list");
    if (this.drawn !== width) this.show(Number.isFinite(width) ? width : null);
    this.drawn = width;
    this.tellWidth();
  }

  most() {
    return Math.max(WEST_LEAST, this.west.parentNode.clientWidth - EAST_LEAST);
  }

  show(width) {
    if (width === null) this.west.style.removeProperty("--dk-west");
    else this.west.style.setProperty("--dk-west", `${Math.round(width)}px`);
  }

  set(width) {
    this.show(Math.min(this.most(), Math.max(WEST_LEAST, width)));
    this.tellWidth();
  }

  tellWidth() {
    mark(this.el, "aria-valuemin", WEST_LEAST);
    mark(this.el, "aria-valuemax", this.most());
    mark(this.el, "aria-valuenow", this.west.offsetWidth);
  }

  keep() {
    this.desk.seat.keep.write(LOCAL, "list", { width: this.west.offsetWidth });
  }

  clear() {
    this.desk.seat.keep.write(LOCAL, "list", {});
    this.show(null);
    this.tellWidth();
  }

  begin(event) {
    if (event.button !== 0) return;
    [this.from, this.at] = [this.west.offsetWidth, event.clientX];
    this.el.setPointerCapture(event.pointerId);
  }

  pressed(event) {
    const now = this.west.offsetWidth;
    const to = { ArrowLeft: now - WEST_STEP, ArrowRight: now + WEST_STEP, Home: WEST_LEAST, End: this.most() };
    if (event.altKey || event.ctrlKey || event.metaKey || !Object.hasOwn(to, event.key)) return;
    this.set(to[event.key]);
    this.keep();
    event.preventDefault();
    event.stopPropagation();
  }
}
