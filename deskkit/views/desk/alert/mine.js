// What a person chose for this browser: which channels, how loud, own sounds, quiet until when. It stays in the browser,
// since ears, loudspeakers and permissions belong to a machine: it survives reload and restart, and no log holds it.

const CHANNELS = ["sound", "popup", "desktop", "badge", "flash"];
const LARGEST_SOUND = 2_000_000; // bytes

class Mine {
  // `changed` hears that another page of this browser chose something.
  constructor(key, changed) {
    this.name = `deskkit:${key}:alerts`;
    this.files = new Map(); // of a sound -> its bytes
    this.read();
    addEventListener("storage", async ({ key: name, storageArea }) => {
      if (storageArea !== localStorage || (name !== this.name && name !== null)) return;
      this.read();
      await this.ready;
      changed();
    });
  }

  read() {
    try {
      this.kept = JSON.parse(localStorage.getItem(this.name) ?? "{}") ?? {};
    } catch {
      this.kept = {};
    }
    this.ready = this.readFiles().catch(() => {}); // a browser that keeps nothing rings all the same
  }

  keep(changes) {
    this.kept = { ...this.kept, ...changes };
    try {
      localStorage.setItem(this.name, JSON.stringify(this.kept));
    } catch {
      // full or forbidden: it holds until the page is closed
    }
  }

  isOn(channel) {
    return this.kept.off?.[channel] !== true;
  }

  turn(channel, isOn) {
    this.keep({ off: { ...this.kept.off, [channel]: !isOn } });
  }

  get quietUntil() {
    return Number(this.kept.quiet ?? 0);
  }

  get isQuiet() {
    return this.quietUntil > Date.now();
  }

  // How loud a sound is, 0 to 100: "" of all, else of a level or an event.
  loud(of) {
    const value = Number(this.kept.loud?.[of] ?? 100);
    return Number.isFinite(value) ? Math.min(100, Math.max(0, value)) : 100;
  }

  setLoud(of, value) {
    this.keep({ loud: { ...this.kept.loud, [of]: value } });
  }

  fileName(of) {
    return String(this.kept.names?.[of] ?? "");
  }

  // ---------------------------------------------------------------- own files

  store(mode) {
    return new Promise((done, failed) => {
      const asked = indexedDB.open("deskkit-sounds", 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore("sounds");
      asked.onerror = () => failed(asked.error);
      asked.onsuccess = () => done(asked.result.transaction("sounds", mode).objectStore("sounds"));
    });
  }

  async readFiles() {
    const store = await this.store("readonly");
    const files = new Map();
    await Promise.all(Object.keys(this.kept.names ?? {}).map((of) => new Promise((done) => {
      const asked = store.get(`${this.name}|${of}`);
      asked.onsuccess = () => done(asked.result instanceof ArrayBuffer && files.set(of, asked.result));
      asked.onerror = () => done(false);
    })));
    this.files = files;
  }

  async setFile(of, file) {
    const names = { ...this.kept.names };
    delete names[of];
    this.files.delete(of);
    if (file) {
      const bytes = await file.arrayBuffer();
      this.files.set(of, bytes);
      names[of] = file.name.slice(0, 80);
      await this.store("readwrite").then((store) => store.put(bytes, `${this.name}|${of}`)).catch(() => {});
    } else {
      await this.store("readwrite").then((store) => store.delete(`${this.name}|${of}`)).catch(() => {});
    }
    this.keep({ names });
  }
}
