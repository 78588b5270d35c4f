// Who speaks, of several browser tabs and windows that show the same desk to the same person: the one that holds the
// lock. When it is closed, or shows no such desk any more, another takes over at once; where somebody just clicked takes
// it, for there a sound is allowed.

class Voice {
  constructor(key) {
    this.name = `deskkit:${key}:voice`;
    this.speaks = true;
    this.isWanted = false;
    this.turn = 0; // how often it was wanted, or given up
    this.ready = Promise.resolve();
  }

  want(isWanted) {
    if (isWanted === this.isWanted || !navigator.locks) return;
    this.isWanted = isWanted;
    this.turn += 1;
    if (isWanted) this.ready = this.ask({ ifAvailable: true });
    else this.speaks = false;
    this.free?.();
  }

  ask(options) {
    const { turn } = this;
    return new Promise((told) => {
      const heard = (speaks) => {
        if (turn === this.turn) this.speaks = speaks;
        told();
        return turn === this.turn; // else it was given up meanwhile
      };
      navigator.locks
        .request(this.name, options, (lock) => {
          if (!heard(lock !== null)) return undefined;
          if (lock) return new Promise((free) => { this.free = free; }); // until the page is closed, or another takes it
          this.ask({});
          return undefined;
        })
        .catch(() => heard(false) && this.ask({})); // taken by another
      if (!options.ifAvailable && !options.steal) told();
    });
  }

  take() {
    if (this.isWanted && !this.speaks) this.ask({ steal: true });
  }
}
