// The value of what is typed, line by line and in all; groups of types; Enter leads to the next type.
(() => {
  const form = document.getElementById("weigh");
  if (!form) return;
  const rows = [...form.querySelectorAll("[data-waste]")], sum = form.querySelector("[data-waste-sum]");
  const groups = [...form.querySelectorAll("[data-waste-group]")];
  const rupiah = (amount) => `Rp\u00a0${String(amount).replace(/\B(?=(\d{3})+$)/g, ".")}`;

  // As the server reads it: a comma before grams, dots between thousands; 0 for anything else.
  function quantity(row) {
    const typed = row.querySelector("input").value.trim();
    if (row.dataset.measure !== "g") return /^\d{1,7}$/.test(typed) ? Number(typed) : 0;
    const plain = /^\d{1,3}(\.\d{3})+(,\d{1,3})?$/.test(typed) ? typed.replaceAll(".", "") : typed;
    if (!/^\d{1,9}([.,]\d{1,3})?$/.test(plain)) return 0;
    const [whole, part = ""] = plain.split(/[.,]/);
    return Number(whole) * 1000 + Number(part.padEnd(3, "0"));
  }
  function value(row) {
    const per = row.dataset.measure === "g" ? 1000 : 1;
    return Math.floor((2 * quantity(row) * Number(row.dataset.price) + per) / (2 * per));
  }
  function reckon() {
    let total = 0;
    for (const row of rows) {
      const worth = quantity(row) ? value(row) : 0;
      row.querySelector("output").textContent = worth ? rupiah(worth) : "";
      total += worth;
    }
    sum.textContent = rupiah(total);
  }
  function show(group) {
    for (const one of groups) one.setAttribute("aria-pressed", String(one.dataset.wasteGroup === group));
    // What has an amount stays in sight, whatever its group.
    for (const row of rows) row.hidden = Boolean(group) && row.dataset.waste !== group && !row.querySelector("input").value;
  }
  form.addEventListener("input", reckon);
  form.addEventListener("click", (event) => {
    const chosen = event.target.closest("[data-waste-group]");
    if (chosen) show(chosen.dataset.wasteGroup);
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("[data-waste] input")) return;
    event.preventDefault();
    const seen = rows.filter((row) => !row.hidden).map((row) => row.querySelector("input"));
    (seen[seen.indexOf(event.target) + 1] || form.querySelector(".actionbar button")).focus();
  });
  reckon();
})();
