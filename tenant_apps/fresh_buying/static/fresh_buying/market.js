// The buyer's phone at the market: an entry is kept until the server has it. Its key makes sending it twice harmless.
(() => {
  const market = document.getElementById("market");
  const note = document.getElementById("market-note");
  if (!market || !note) return;
  market.classList.add("scripted");
  const NAME = `warsa-market-${market.dataset.trip}`;

  const read = () => {
    try {
      return JSON.parse(localStorage.getItem(NAME)) || [];
    } catch {
      return [];
    }
  };
  const keep = (entries) => localStorage.setItem(NAME, JSON.stringify(entries));

  function tell() {
    const waiting = read().filter((one) => !one.refused).length;
    const refused = read().filter((one) => one.refused);
    const words = refused.map((one) => `${market.dataset.refused} ${one.fields.quantity} · Rp ${one.fields.paid}. ${one.refused}`);
    if (waiting) words.unshift(`${waiting} ${market.dataset.waiting}`);
    note.textContent = words.join(" ");
    note.hidden = !words.length;
  }

  // "3,5" and "12.500", as people write them; the server reads them once more and decides.
  const number = (text) => Number(String(text).replace(/[^0-9,.]/g, "").replace(/\.(?=[0-9]{3}(\D|$))/g, "").replace(",", "."));

  const token = () => document.querySelector("[name=csrfmiddlewaretoken]").value;

  async function send(one) {
    const body = new FormData();
    Object.entries(one.fields).forEach(([name, value]) => body.append(name, value));
    body.set("csrfmiddlewaretoken", token());
    const answer = await fetch(one.address, { method: "POST", body, headers: { Accept: "application/json" } });
    if (answer.redirected || answer.status >= 500) throw new Error("not taken");
    if (answer.ok) return "";
    const told = await answer.json().catch(() => ({}));
    return told.reason || String(answer.status);
  }

  let busy = false;
  async function flush() {
    if (busy) return;
    busy = true;
    let sent = 0;
    try {
      for (let one = read().find((entry) => !entry.refused); one; one = read().find((entry) => !entry.refused)) {
        const refused = await send(one);
        keep(read().flatMap((entry) => (entry.fields.key !== one.fields.key ? [entry] : refused ? [{ ...entry, refused }] : [])));
        sent += refused ? 0 : 1;
      }
    } catch {
      // Without network: the next try comes by itself.
    } finally {
      busy = false;
      tell();
    }
    // Nothing that is being written may be lost by a fresh page.
    const writing = [...market.querySelectorAll(".market-entry")].some((form) => form.elements.quantity.value || form.elements.paid.value);
    if (sent && !writing && !read().some((entry) => entry.refused)) location.reload();
  }

  market.querySelectorAll(".market-entry").forEach((form) => {
    const over = form.querySelector(".market-over");
    const look = () => {
      const per = Number(form.dataset.per);
      const much = number(form.elements.quantity.value) * per;
      const dear = much > 0 && number(form.elements.paid.value) * per > Number(form.dataset.limit) * much;
      over.toggleAttribute("data-over", !dear && !form.elements.over_reason.value);
      form.elements.over_reason.required = dear;
    };
    form.addEventListener("input", look);
    form.addEventListener("submit", (event) => {
      // A photo goes the ordinary way: it does not fit into what the phone keeps here.
      if (form.elements.photo.files.length) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const fields = {};
      new FormData(form).forEach((value, name) => {
        if (typeof value === "string" && name !== "csrfmiddlewaretoken") fields[name] = value;
      });
      // An entry that was refused is written anew.
      keep([...read().filter((one) => !one.refused), { address: form.action, fields }]);
      ["quantity", "paid", "seller", "over_reason"].forEach((name) => { form.elements[name].value = ""; });
      form.elements.key.value = crypto.randomUUID ? crypto.randomUUID() : URL.createObjectURL(new Blob()).slice(-36);
      look();
      tell();
      flush();
    }, true);
  });

  window.addEventListener("online", flush);
  setInterval(flush, 20000);
  tell();
  flush();
})();
