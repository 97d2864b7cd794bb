// Area picker: options by keys or tap, chosen areas as chips.
(() => {
  function start(box) {
    if (box.dataset.ready || !window.htmx) return;
    box.dataset.ready = "1";
    const one = (selector) => box.querySelector(selector);
    const input = one("[name=area_search]");
    const chosen = one("[data-chosen]");
    const options = () => [...box.querySelectorAll("[role=option]")];
    const is = (name, value) => input.setAttribute(`aria-${name}`, value);

    function close() {
      one("#area-picker-results").replaceChildren();
      is("expanded", "false");
      is("activedescendant", "");
    }
    function changed() {
      input.focus();
      box.dispatchEvent(new Event("change", { bubbles: true }));
    }
    function chip(code, path) {
      const item = one("[data-chip]").content.firstElementChild.cloneNode(true);
      item.querySelector("input").value = code;
      item.querySelector("[data-text]").textContent = path;
      item.querySelector("button").setAttribute("aria-label", box.dataset.remove.replace("{area}", path));
      if ("single" in box.dataset) chosen.replaceChildren();
      chosen.append(item);
    }
    function choose({ dataset: { code, path } }) {
      if (![...chosen.querySelectorAll("input")].some((had) => had.value === code)) chip(code, path);
      input.value = "";
      close();
      changed();
    }

    input.setAttribute("role", "combobox");
    is("autocomplete", "list");
    is("controls", "area-picker-options");
    is("expanded", "false");
    const plain = [...chosen.querySelectorAll("input:checked")];
    chosen.replaceChildren();
    for (const { value, dataset } of plain) chip(value, dataset.path);

    input.addEventListener("keydown", (event) => {
      const all = options();
      const at = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
      const step = { ArrowDown: 1, ArrowUp: at < 0 ? 0 : -1 }[event.key];
      if (event.key === "Escape") close();
      if (event.key === "Enter" && all.length) {
        event.preventDefault();
        choose(all[Math.max(at, 0)]);
      }
      if (step === undefined || !all.length) return;
      event.preventDefault();
      const next = all[(at + step + all.length) % all.length];
      for (const option of all) option.setAttribute("aria-selected", option === next);
      is("activedescendant", next.id);
      next.scrollIntoView({ block: "nearest" });
    });
    box.addEventListener("click", ({ target }) => {
      const option = target.closest("[role=option]");
      const remove = target.closest("[data-remove-area]");
      if (option) choose(option);
      if (remove) {
        remove.closest("li").remove();
        changed();
      }
    });
    box.addEventListener("htmx:afterSwap", () => is("expanded", options().length > 0));
  }

  const startAll = () => document.querySelectorAll("[data-area-picker]").forEach(start);
  document.addEventListener("htmx:load", startAll);
  document.addEventListener("DOMContentLoaded", startAll);
})();
