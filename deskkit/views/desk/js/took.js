// What the deeds of this page take out of the list, or put aside at its end, and so from under the keyboard: where another
// hand took a row away, whatever was done to it here before, whoever presses the next key means who was there.

class Took {
  constructor(seat) {
    this.seat = seat;
    this.deeds = new Map(); // by act: what may still take something away
    this.ids = new Set();
    this.aside = new Set(); // is listed still, among those that sleep
  }

  sent(act, { do: what, ids = [] }) {
    this.ids.clear();
    this.aside.clear();
    this.deeds.set(act, { what, ids, until: Infinity });
  }

  // What a deed did comes with its answer: with the next patch at the latest.
  answered({ act, ok }) {
    const deed = this.deeds.get(act);
    if (deed && ok) deed.until = this.seat.store.seq + 1;
    else this.deeds.delete(act);
  }

  // Something changed: note what is gone by a deed that can have done it. What filters hide any can have hidden.
  look() {
    const { seat } = this;
    for (const [act, { what, ids, until }] of this.deeds) {
      if (seat.store.seq > until) this.deeds.delete(act);
      else for (const id of ids) if (CLOSING.includes(what) || seat.row(id) !== null) this.ids.add(id);
      if (what === "snooze") for (const id of ids) if (seat.row(id)?.s === "snoozed") this.aside.add(id);
    }
    for (const id of this.ids) if (seat.isListed(id)) this.ids.delete(id);
  }

  has(id) {
    return this.ids.has(id);
  }

  // Whether a row was put aside since it was asked for: the keyboard leaves it once.
  leaves(id) {
    return this.aside.delete(id);
  }
}
