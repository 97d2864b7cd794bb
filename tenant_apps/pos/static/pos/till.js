// The kasir, quick and without network: the basket lives in the page, each sale is kept on the phone first and sent then.
(() => {
  const form = document.getElementById("till");
  if (!form) return;
  const box = window.warsaOutbox;
  const words = document.getElementById("till-words").dataset;
  const byId = (id) => document.getElementById(id);
  const field = (name) => form.querySelector(`[name="${name}"]`);
  const { user, region, warung } = form.dataset;
  const LIST = `${region}:${warung}:${user}`;
  const AT_ONCE = 20;

  const say = (text, values = {}) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name] ?? "");
  const rupiah = (n) => `Rp\u00a0${String(Math.abs(n)).replace(/\B(?=(\d{3})+$)/g, ".")}`;
  const written = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ".");
  // Rupiah as people write them: 50000, 50.000, Rp 50.000, 50rb. NaN for anything else, 0 for nothing.
  function number(input) {
    const text = (input?.value || "").trim().toLowerCase().replace(/^rp\.?\s*/, "").replace(/,(-|00)$/, "");
    const found = /^(\d{1,3}(?:\.\d{3})+|\d{1,12})\s*(rb|ribu|k)?$/.exec(text);
    if (!found) return text ? NaN : 0;
    return Number(found[1].replaceAll(".", "")) * (found[2] ? 1000 : 1);
  }
  // On a phone the focus would open the keyboard over the page; a scanner is heard there without it.
  const typed = matchMedia("(any-pointer: fine)").matches;
  function backToSearch() {
    if (typed) byId("till-q").focus({ preventScroll: true });
    else document.activeElement?.blur();
  }
  function make(tag, props = {}, ...children) {
    const made = Object.assign(document.createElement(tag), props);
    made.append(...children.filter((one) => one !== null));
    return made;
  }

  let list = { goods: [], customers: [] };
  let basket = new Map();
  let keeps = true;

  // Goods ------------------------------------------------------------------------------------------------------------
  async function loadGoods() {
    const known = await box.list(LIST).catch(() => { keeps = false; });
    if (known) take(known.told);
    if (!keeps) note(words.store);
    try {
      const answer = await fetch(form.dataset.goods, { headers: known ? { "If-None-Match": known.etag } : {}, redirect: "manual", cache: "no-store" });
      if (answer.status === 200 && (answer.headers.get("content-type") || "").includes("json")) {
        const told = await answer.json();
        // A page from a cache may be of another warung than the one where the person stands now.
        if (told.warung !== warung) return location.reload();
        await box.keepList({ key: LIST, etag: answer.headers.get("ETag") || "", told, at: new Date().toISOString() }).catch(() => {});
        take(told);
      }
    } catch {
      if (known) note(`${words.offline} ${say(words.stale, { time: new Date(known.at).toLocaleString("id-ID", { dateStyle: "medium", timeStyle: "short" }) })}`);
      else note(words.offline);
    }
  }
  function take(told) {
    list = told;
    for (const line of basket.values()) line.good = list.goods.find((g) => g.pack_id === line.good.pack_id) || line.good;
    showTiles();
    showBasket();
  }
  const plain = (text) => text.toLowerCase().normalize("NFKD").replace(/[\u0300-\u036f]/g, "");
  function found(text) {
    const parts = plain(text).split(/\s+/).filter(Boolean);
    return list.goods.filter((g) => parts.every((p) => plain(`${g.name} ${g.label} ${g.other_names} ${g.barcode}`).includes(p)));
  }
  function showTiles() {
    const text = byId("till-q").value.trim();
    const goods = (text ? found(text) : list.goods).slice(0, 24);
    if (!list.goods.length) return;
    byId("till-tiles").replaceChildren(...goods.map((good) => {
      const button = make("button", { type: "button", className: "till-tile" }, make("span", { textContent: good.name }), make("small", { textContent: good.label }), make("strong", { className: "money", textContent: rupiah(good.price) }));
      button.addEventListener("click", () => {
        add(good, 1);
        if (!byId("till-q").value) return;
        byId("till-q").value = "";
        showTiles();
        backToSearch();
      });
      return make("li", {}, button);
    }));
    if (text && !goods.length) note(words.nothing);
    else if (byId("till-note").textContent === words.nothing) note("");
  }
  function scan(code) {
    const good = list.goods.find((g) => g.barcode && g.barcode === code);
    if (good) { add(good, 1); note(""); }
    return good;
  }
  function unknown(code) {
    note(say(words.unknown, { code }));
    byId("till-note").append(" ", make("a", { href: form.dataset.prices, textContent: words.prices }));
  }

  // Basket -----------------------------------------------------------------------------------------------------------
  function add(good, change) {
    const line = basket.get(good.pack_id) || { good, quantity: 0 };
    line.quantity = Math.min(line.quantity + change, 9999);
    if (line.quantity > 0) basket.set(good.pack_id, line);
    else basket.delete(good.pack_id);
    byId("till-done").hidden = true;
    showBasket();
  }
  const total = () => [...basket.values()].reduce((sum, line) => sum + line.good.price * line.quantity, 0);
  const icon = (name) => make("span", { textContent: name === "plus" ? "+" : "−", ariaHidden: "true" });
  function showBasket() {
    byId("till-lines").replaceChildren(...[...basket.values()].map((line) => {
      const step = (by, label, name) => {
        const button = make("button", { type: "button", className: "quiet", ariaLabel: say(label, { name: line.good.name }) }, icon(name));
        button.addEventListener("click", () => add(line.good, by));
        return button;
      };
      return make("li", { className: "till-line" },
        make("span", { className: "grow" }, make("strong", { textContent: line.good.name }), make("small", { textContent: `${line.good.label} · ${rupiah(line.good.price)}` })),
        make("span", { className: "till-step" }, step(-1, words.less, "minus"), make("span", { className: "till-count", textContent: line.quantity }), step(1, words.more, "plus")),
        make("strong", { className: "money", textContent: rupiah(line.good.price * line.quantity) }));
    }));
    byId("till-empty").hidden = basket.size > 0;
    byId("till-total").textContent = rupiah(total());
    showMoney();
  }
  function parts() {
    const qris = number(field("qris")), bon = number(field("bon"));
    const cash = total() - qris - bon, received = number(field("received"));
    return { cash, qris, bon, received: cash > 0 && received !== 0 ? received : Math.max(cash, 0) };
  }
  function showMoney() {
    const { cash, qris, received } = parts();
    byId("till-change").textContent = cash > 0 && received >= cash ? rupiah(received - cash) : "–";
    const notes = [1000, 2000, 5000, 10000, 20000, 50000, 100000].map((n) => Math.ceil(cash / n) * n).filter((n) => n > cash);
    const amounts = cash > 0 ? [cash, ...[...new Set(notes)].sort((a, b) => a - b).slice(-3)] : [];
    byId("till-quick").replaceChildren(...amounts.map((amount) => {
      const button = make("button", { type: "button", className: "second", textContent: amount === cash ? words.exact : rupiah(amount) });
      button.addEventListener("click", () => { field("received").value = written(amount); showMoney(); });
      return button;
    }));
    const code = byId("till-code");
    if (code) {
      const shown = qris > 0 && navigator.onLine;
      code.hidden = !shown;
      const address = `${form.dataset.qris}?amount=${qris}`;
      if (shown && code.getAttribute("src") !== address) code.src = address;
    }
    const choice = field("customer"), chosen = list.customers.find((c) => c.id === choice.value);
    if (list.customers.length && choice.options.length - 1 !== list.customers.length) {
      const kept = choice.value;
      choice.replaceChildren(choice.options[0], ...list.customers.map((c) => make("option", { value: c.id, textContent: c.name })));
      choice.value = kept;
    }
    choice.title = chosen ? say(words.room, { name: chosen.name, room: rupiah(chosen.room) }) : "";
  }
  function wrong({ cash, bon, received }) {
    if (!basket.size) return words.basket;
    if (Number.isNaN(cash) || Number.isNaN(received)) return words.amount;
    if (cash < 0) return words.short;
    if (received < cash) return words.low;
    if (!bon) return "";
    const chosen = list.customers.find((c) => c.id === field("customer").value);
    if (!chosen) return words.whose;
    return bon > chosen.room ? say(words.limit, { room: rupiah(chosen.room) }) : "";
  }

  // Selling ----------------------------------------------------------------------------------------------------------
  async function pay() {
    const tenders = parts(), why = wrong(tenders);
    if (why) return note(why);
    const sale = {
      id: newId(), at: new Date().toISOString(), user, region, warung,
      lines: [...basket.values()].map((line) => ({ pack: line.good.pack_id, quantity: line.quantity, price: line.good.price, name: `${line.good.name} ${line.good.label}` })),
      cash: tenders.cash, qris: tenders.qris, bon: tenders.bon, received: tenders.received,
      customer: field("customer").value || null,
      // Without network nobody could have refused: it has happened.
      gone: !navigator.onLine, state: "waiting",
    };
    const change = tenders.received - tenders.cash, sum = total();
    try {
      await box.keep(sale);
    } catch {
      // Nothing can be kept here: the form is sent as it would be without a script.
      keeps = false;
      return sendForm(sale);
    }
    if (tenders.bon) list.customers.find((c) => c.id === sale.customer).room -= tenders.bon;
    basket = new Map();
    for (const name of ["received", "qris", "bon", "customer"]) field(name).value = "";
    showBasket();
    note("");
    done(say(navigator.onLine ? words.sold : words.kept, { total: rupiah(sum) }), tenders.cash ? say(words.change, { change: rupiah(change) }) : "");
    byId("till-q").value = "";
    showTiles();
    backToSearch();
    await showUnsent();
    await sendAll(sale.id);
  }
  const newId = () => crypto.randomUUID?.() || "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) => (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16));
  function carry(id, lines) {
    for (const old of form.querySelectorAll('[name="line"], [name="do"][type="hidden"]')) old.remove();
    field("key").value = id;
    for (const line of lines) form.append(make("input", { type: "hidden", name: "line", value: `${line.pack}:${line.quantity}:${line.price}` }));
  }
  function sendForm(sale) {
    carry(sale.id, sale.lines);
    for (const name of ["received", "qris", "bon"]) field(name).value = sale[name] ? written(sale[name]) : "";
    form.append(make("input", { type: "hidden", name: "do", value: "pay" }));
    form.submit();
  }
  // Savings are somebody else's money: their page asks for card and PIN, and nothing of it is kept on the phone.
  function toSavings(place) {
    if (!basket.size) return note(words.basket);
    if (!navigator.onLine) return note(words.online);
    carry(newId(), [...basket.values()].map((line) => ({ pack: line.good.pack_id, quantity: line.quantity, price: line.good.price })));
    form.action = place;
    form.submit();
    form.removeAttribute("action");
  }
  function done(text, change, receipt = "") {
    const panel = byId("till-done");
    panel.hidden = false;
    panel.querySelector("[data-done]").textContent = text;
    panel.querySelector("[data-change]").textContent = change;
    const link = panel.querySelector("[data-receipt]"), undo = panel.querySelector("[data-undo]");
    link.hidden = undo.hidden = !receipt;
    if (receipt) { link.href = receipt; undo.href = `${receipt}?batal=1#batal`; }
    panel.scrollIntoView({ block: "nearest" });
  }
  function note(text) {
    byId("till-note").textContent = text;
    byId("till-note").hidden = !text;
  }

  // Sending ----------------------------------------------------------------------------------------------------------
  let sending = Promise.resolve();
  const sendAll = (newest = "") => (sending = sending.then(() => sendOnce(newest)).catch(() => {}));
  async function sendOnce(newest) {
    const mine = (await box.all()).filter((s) => s.user === user && s.region === region && s.state === "waiting");
    if (!mine.length || !navigator.onLine) return showUnsent();
    try {
      const who = await fetch(form.dataset.token, { redirect: "manual", cache: "no-store" });
      if (!who.ok || !(who.headers.get("content-type") || "").includes("json")) return note(words.signin);
      const now = await who.json();
      if (now.user !== user || now.region !== region) return note(words.person);
      for (let from = 0; from < mine.length; from += AT_ONCE) {
        const piece = mine.slice(from, from + AT_ONCE);
        const answer = await fetch(form.dataset.send, {
          method: "POST", redirect: "manual", headers: { "Content-Type": "application/json", "X-CSRFToken": now.token },
          body: JSON.stringify({ user, region, sales: piece }),
        });
        if (!answer.ok) {
          const told = await answer.json().catch(() => ({}));
          return note(told.reason || words.signin);
        }
        for (const [index, result] of (await answer.json()).results.entries()) await heard(piece[index], result, newest);
      }
    } catch {
      // The network is away again. What was not answered is sent once more, and applied once all the same.
      for (const sale of mine) if (!sale.gone) await box.keep({ ...sale, gone: true }).catch(() => {});
    }
    await showUnsent();
    if (byId("till-note").textContent.startsWith(words.offline)) note("");
  }
  async function heard(sale, result, newest) {
    if (result.status === "refused") {
      await box.keep({ ...sale, state: "refused", code: result.code, reason: result.reason });
      if (sale.id !== newest) return;
      // It was not sold after all: the page says why, where it said "sold".
      byId("till-done").hidden = true;
      await showUnsent();
      return byId("till-unsent").scrollIntoView({ block: "nearest" });
    }
    await box.forget(sale.id);
    if (sale.id === newest) {
      const panel = byId("till-done").querySelector("[data-change]").textContent;
      done(say(words.sold, { total: rupiah(sale.cash + sale.qris + sale.bon) }), panel, result.receipt);
    }
  }
  async function showUnsent() {
    const kept = (await box.all().catch(() => [])).filter((s) => s.region === region);
    const refused = kept.filter((s) => s.state === "refused").length;
    const panel = byId("till-unsent");
    panel.hidden = !kept.length;
    panel.querySelector("[data-unsent]").textContent = [say(words.unsent, { n: kept.length }), refused ? say(words.refused, { n: refused }) : ""].filter(Boolean).join(" · ");
    if (refused) panel.open = true;
    byId("till-unsent-list").replaceChildren(...kept.map(unsentRow));
  }
  function unsentRow(sale) {
    const theirs = sale.user !== user;
    const act = (text, does, kind = "second") => {
      const button = make("button", { type: "button", className: kind, textContent: text });
      button.addEventListener("click", does);
      return button;
    };
    const again = (changes) => async () => {
      await box.keep({ ...sale, ...changes, state: "waiting", code: "", reason: "" });
      await sendAll();
    };
    const acts = make("p", { className: "row" });
    if (!theirs && sale.state === "refused") {
      if (sale.code === "stock_short") acts.append(act(words.gone, again({ gone: true })));
      acts.append(act(words.again, again({})), act(words.forget, async () => {
        if (!confirm(words.sure)) return;
        await box.forget(sale.id);
        await showUnsent();
      }, "quiet"));
    }
    return make("li", {},
      make("strong", { textContent: `${new Date(sale.at).toLocaleString("id-ID", { dateStyle: "medium", timeStyle: "short" })} · ${rupiah(sale.cash + sale.qris + sale.bon)}` }),
      make("p", { className: "soft", textContent: theirs ? words.other : sale.lines.map((l) => `${l.quantity} × ${l.name}`).join(", ") }),
      make("p", { textContent: sale.state === "refused" ? sale.reason : words.waiting }), acts);
  }

  // The page ---------------------------------------------------------------------------------------------------------
  function begin() {
    // What the server showed as the basket goes on in the page.
    for (const input of form.querySelectorAll('input[name="line"]')) {
      const [pack, quantity, price] = input.value.split(":").map(Number);
      const row = input.closest("li");
      basket.set(pack, { quantity, good: { pack_id: pack, price, name: row.querySelector("strong").textContent, label: row.querySelector("small").textContent.split(" · ")[0] } });
    }
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const does = event.submitter?.value || "";
      if (event.submitter?.id === "till-pay") pay();
      else if (does === "savings") toSavings(event.submitter.formAction);
      else if (does.startsWith("add:")) { const good = list.goods.find((g) => g.pack_id === Number(does.slice(4))); if (good) add(good, 1); }
      else showTiles();
    });
    const search = byId("till-q");
    search.addEventListener("input", showTiles);
    search.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      const text = search.value.trim(), only = found(text);
      if (!text) { if (basket.size) field("received").focus(); return; }
      if (scan(text) || (only.length === 1 && add(only[0], 1) === undefined)) search.value = "";
      else if (/^\d{6,}$/.test(text)) { unknown(text); search.select(); return; }
      showTiles();
      if (search.value) tiles()[0]?.focus();
    });
    // From the search to the goods and among them by the arrows; Enter takes one.
    const tiles = () => [...byId("till-tiles").querySelectorAll("button")];
    search.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown") { event.preventDefault(); tiles()[0]?.focus(); }
      else if (event.key === "Escape" && search.value) { search.value = ""; showTiles(); }
    });
    byId("till-tiles").addEventListener("keydown", (event) => {
      const all = tiles(), at = all.indexOf(event.target.closest("button"));
      const across = Math.max(all.findIndex((one) => one.offsetTop > all[0].offsetTop), 1);
      const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: across, ArrowUp: -across }[event.key];
      if (!step && event.key !== "Escape") return;
      event.preventDefault();
      if (event.key === "Escape" || at + step < 0) search.focus();
      else all[Math.min(at + step, all.length - 1)].focus();
    });
    // A scanner types quickly and ends with Enter, wherever the focus is.
    let heard = "", last = 0;
    document.addEventListener("keydown", (event) => {
      if (event.target.closest?.("input, select, textarea")) return;
      if (event.timeStamp - last > 120) heard = "";
      last = event.timeStamp;
      if (/^[0-9A-Za-z-]$/.test(event.key)) heard += event.key;
      // On a button, too: there its Enter would press what was pressed last.
      else if (event.key === "Enter" && heard.length >= 6) { if (!scan(heard)) unknown(heard); heard = ""; event.preventDefault(); event.stopPropagation(); }
    }, true);
    for (const name of ["received", "qris", "bon", "customer"]) field(name).addEventListener("input", showMoney);
    for (const name of ["received", "qris", "bon"]) field(name).addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      const code = event.target.value.trim();
      if (!/^\d{8,}$/.test(code)) return pay();
      // No amount: somebody scanned while the focus was here.
      event.target.value = "";
      if (!scan(code)) unknown(code);
      showMoney();
    });
    for (const button of form.querySelectorAll("[data-all]")) button.addEventListener("click", () => {
      const other = button.dataset.all === "qris" ? "bon" : "qris";
      field(other).value = "";
      field("received").value = "";
      field(button.dataset.all).value = written(total());
      showMoney();
    });
    byId("till-send").addEventListener("click", () => sendAll());
    byId("till-done").querySelector("[data-next]").addEventListener("click", () => { byId("till-done").hidden = true; backToSearch(); });
    addEventListener("online", () => { note(""); sendAll().then(loadGoods); });
    addEventListener("offline", () => note(words.offline));
    document.addEventListener("visibilitychange", () => { if (!document.hidden) sendAll(); });
    // A worker that heard of the network wakes us, if there is one.
    navigator.serviceWorker?.addEventListener("message", (event) => { if (event.data === "kasir:send") sendAll(); });
    navigator.serviceWorker?.ready.then((worker) => worker.sync?.register("kasir")).catch(() => {});
    showBasket();
    showUnsent();
    if (typed) search.focus({ preventScroll: true });
    loadGoods().then(() => sendAll());
    setInterval(() => sendAll(), 60000);
  }
  begin();
})();
