// Who speaks, of several browser tabs and windows that show the same desk to the same person: the one that holds the
// lock. When it is closed another takes over at once; where somebody just clicked takes it, for there a sound is allowed.

class Voice {
  constructor(key) {
    this.name = `deskkit:${key}:voice`;
    this.speaks = true;
    this.ready = navigator.locks ? this.ask({ ifAvailable: true }) : Promise.resolve();
  }

  ask(options) {
    return new Promise((told) => {
      navigator.locks
        .request(this.name, options, (lock) => {
          this.speaks = lock !== null;
          told();
          if (lock) return new Promise(() => {}); // until the page is closed, or another takes it
          this.ask({});
          return undefined;
        })
        .catch(() => { // taken by another
          this.speaks = false;
          told();
          this.ask({});
        });
      if (!options.ifAvailable && !options.steal) told();
    });
  }

  take() {
    if (navigator.locks && !this.speaks) this.ask({ steal: true });
  }
}
