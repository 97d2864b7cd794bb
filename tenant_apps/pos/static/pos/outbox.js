// What the kasir keeps on the phone: its price list, and sales that are not sent yet. A browser without IndexedDB keeps nothing.
(() => {
  const NAME = "warsa-kasir";
  let opened;

  function database() {
    opened ||= new Promise((resolve, reject) => {
      if (!("indexedDB" in window)) return reject(new Error("no IndexedDB"));
      const asked = indexedDB.open(NAME, 1);
      asked.onupgradeneeded = () => {
        asked.result.createObjectStore("sales", { keyPath: "id" });
        asked.result.createObjectStore("lists", { keyPath: "key" });
      };
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
    return opened;
  }

  // Resolved when the transaction is written, not when the request was heard: a sale is promised only then.
  async function run(store, mode, act) {
    const db = await database();
    return new Promise((resolve, reject) => {
      const work = db.transaction(store, mode);
      const asked = act(work.objectStore(store));
      work.oncomplete = () => resolve(asked && asked.result);
      work.onerror = work.onabort = () => reject(work.error);
    });
  }

  window.warsaOutbox = {
    keep: (sale) => run("sales", "readwrite", (s) => s.put(sale)),
    forget: (id) => run("sales", "readwrite", (s) => s.delete(id)),
    all: async () => (await run("sales", "readonly", (s) => s.getAll())).sort((a, b) => a.at.localeCompare(b.at)),
    list: (key) => run("lists", "readonly", (s) => s.get(key)),
    keepList: (list) => run("lists", "readwrite", (s) => s.put(list)),
  };
})();
