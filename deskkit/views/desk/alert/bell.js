// The bell of one desk: it fires what the kernel says, through each channel, and tells what really came of each.

class Bell {
  constructor(model) {
    this.kernel = new Kernel(model, () => this.changed());
    this.setup = null;
    this.sound = new Sound();
    this.standing = null; // from the setup on
    this.roots = new Set(); // of its pages
    this.wasDrawn = false;
    this.early = []; // what came before the setup
    this.listeners = new Set();
    this.open = (id) => this.standing.open(id);
    model.on("msg:custom", (message, buffers) => this.receive(message, buffers ?? []));
    for (const gesture of ["pointerdown", "keydown"]) addEventListener(gesture, () => this.gesture(), { capture: true });
  }

  get words() {
    return this.setup.labels;
  }

  get voice() {
    return this.standing?.voice;
  }

  get mine() {
    return this.standing.mine;
  }

  // A page of it is drawn; returns what ends that. JupyterLab draws all tabs, also those that are not in front.
  drawn(root) {
    this.wasDrawn = true;
    this.roots.add(root);
    this.standing?.look();
    return () => this.roots.delete(root);
  }

  // Whether nobody can be told by it any more: its kernel or notebook is gone, or its desk was taken off the page. One that
  // was never drawn, as that of a run before where a notebook is opened again, leaves it to one of its notebook that is.
  get isOver() {
    if (this.kernel.isLost || this.kernel.isClosed) return true;
    return this.wasDrawn ? this.roots.size === 0 : (this.standing?.isDrawnBeside(this) ?? false);
  }

  get isInSight() {
    return [...this.roots].some((root) => (root.closest(".jupyter-widget-tab") ?? root).getClientRects().length > 0);
  }

  // The page was touched: from now on it may be heard, and it is here that somebody listens.
  async gesture() {
    if (!this.voice || this.sound.state !== "blocked") return;
    if ((await this.sound.unlock()) === "running") this.voice.take();
    this.changed();
  }

  changed() {
    for (const listener of [...this.listeners]) listener();
  }

  // Another page of this browser chose something.
  chosen() {
    this.calm();
    this.count();
    this.changed();
  }

  receive(message, buffers) {
    if (message.type === "setup") this.begin(message, buffers);
    if (message.type === "alerts") (this.setup ? this.fireAll(message) : this.early.push(message));
    if (message.type === "seen") this.seen(message);
    if (message.type === "worded") this.word(message);
    if (message.type === "pushed") this.tell?.(message.text);
  }

  begin(setup, buffers) {
    this.setup = setup;
    this.standing = Standing.of(setup.key);
    this.standing.begin(this);
    this.given = new Map(setup.sounds.map((name, place) => [name, bytesOf(buffers[place])]));
    this.calm();
    this.seen(setup);
    for (const one of this.early.splice(0)) this.fireAll(one);
    this.changed();
  }

  // Flashing is drawn by the desk's list; who wants none gets none on the whole page.
  calm() {
    document.documentElement.toggleAttribute("data-dk-calm", !this.mine.isOn("flash") || this.mine.isQuiet);
  }

  // What was looked at needs no toast, no notification and no number any more; nor does a wait that was answered.
  seen({ unseen, waiting = unseen }) {
    if (!this.setup) return;
    const open = new Set(unseen);
    const waits = new Set(waiting);
    this.unseen = unseen.length;
    for (const toast of this.standing.toasts) {
      const isOn = open.has(toast.id) && (waits.has(toast.id) || !toast.waits);
      if (toast.id && !toast.isTest && !isOn && this.standing.ends(this, toast.notice)) toast.end();
      if (!toast.isShown) this.standing.toasts.delete(toast);
    }
    for (const [id, { shown, notice }] of this.standing.desktops) {
      if (open.has(id) || !this.standing.ends(this, notice)) continue;
      shown.close();
      this.standing.desktops.delete(id);
    }
    this.count();
  }

  // What stands on the page is said in another language now.
  word({ alerts }) {
    for (const toast of this.standing.toasts) {
      const alert = alerts.find((one) => one.id === toast.id);
      if (alert && !toast.isTest) toast.word(alert, this.words);
    }
  }

  count() {
    TITLE.set(this.setup.key, this.mine.isOn("badge") ? this.unseen : 0);
  }

  async fireAll({ alerts, quiet, more }) {
    await Promise.all([this.mine.ready, this.voice.ready]);
    for (const alert of alerts) {
      if (quiet) this.report(alert, "popup", this.toast(alert, { isQuiet: true }));
      else await this.fire(alert);
    }
    if (more) this.toast({ id: "", level: 1, mark: "", name: more, what: "", text: "" }, { isQuiet: true });
  }

  async fire(alert) {
    await Promise.all(alert.channels.filter((name) => CHANNELS.includes(name)).map(async (name) => {
      this.report(alert, name, await this.through(name, alert).catch(() => "failed"));
    }));
  }

  report(alert, channel, outcome) {
    if (alert.n) this.kernel.send({ type: "rang", n: alert.n, channel, outcome });
    else this.said?.(channel, outcome);
  }

  // ---------------------------------------------------------------- channels: each says what came of it

  async through(channel, alert) {
    if (!this.mine.isOn(channel)) return "off";
    if (channel === "popup") return this.toast(alert, { isQuiet: this.mine.isQuiet });
    if (channel === "badge") return this.badge();
    if (this.mine.isQuiet) return "quiet";
    if (channel === "flash") return this.flash();
    if (alert.n && !(this.standing.tells(this, alert) && this.voice.speaks)) return "other tab"; // of several, one makes a noise
    return channel === "sound" ? this.play(alert) : this.desktop(alert);
  }

  play(alert) {
    const { mine } = this;
    const volume = (alert.volume * mine.loud("") * mine.loud(`level:${alert.level}`) * mine.loud(`event:${alert.event}`)) / 1e8;
    const file = mine.files.get(`event:${alert.event}`) ?? mine.files.get(`level:${alert.level}`) ?? this.given.get(alert.sound);
    return volume > 0 ? this.sound.play({ level: alert.level, event: alert.event, volume, file }) : "off";
  }

  desktop(alert) {
    const state = desktopState();
    if (state !== "granted") return state === "default" ? "not asked" : state;
    const shown = notifyDesktop({ alert, open: this.open });
    if (shown && alert.id) this.standing.desktops.set(alert.id, { shown, notice: alert.notice });
    return shown ? "shown" : "failed";
  }

  toast(alert, { isQuiet }) {
    if (!this.standing.tells(this, alert)) return "shown"; // by another desk of this page
    for (const one of this.standing.toasts) if (alert.id && one.id === alert.id) one.end(); // the newest says it all
    const toast = new Toast({ alert, words: this.words, open: this.open, isQuiet });
    Object.assign(toast, { isTest: !alert.n, notice: alert.notice });
    this.standing.toasts.add(toast);
    return toast.isShown ? "shown" : "failed";
  }

  badge() {
    this.count();
    return "shown";
  }

  flash() {
    this.calm();
    return reducedMotion() ? "still" : "shown";
  }
}

function bytesOf(buffer) {
  if (buffer instanceof ArrayBuffer) return buffer;
  return buffer ? buffer.buffer.slice(buffer.byteOffset, buffer.byteOffset + buffer.byteLength) : null;
}
