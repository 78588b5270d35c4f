// What the deeds of this page take out of the list, and so from under the keyboard: where another hand took a row away,
// whatever was done to it here before, whoever presses the next key means who was there.

class Took {
  constructor(seat) {
    this.seat = seat;
    this.deeds = new Map(); // by act: what may still take something away
    this.ids = new Set();
  }

  sent(act, { do: what, ids = [] }) {
    this.ids.clear();
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
    }
    for (const id of this.ids) if (seat.isListed(id)) this.ids.delete(id);
  }

  has(id) {
    return this.ids.has(id);
  }
}
