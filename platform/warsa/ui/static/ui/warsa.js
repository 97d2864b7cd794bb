// What pages gain from a script: every one of them works without it.
(() => {
  const root = document.documentElement;
  const text = (name) => document.body.dataset[name] || "";
  root.dataset.js = "";

  function toast(words) {
    document.querySelector(".toast")?.remove();
    if (!words) return;
    const note = document.createElement("p");
    note.className = "toast";
    note.setAttribute("role", "alert");
    note.textContent = words;
    document.body.append(note);
    setTimeout(() => note.remove(), 8000);
  }

  // Light or dark: a cookie, so that the server sends the right page from the first byte.
  const isDark = () => (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const showTheme = () => document.querySelectorAll("[data-theme-toggle]").forEach((b) => b.setAttribute("aria-pressed", isDark()));
  function turnTheme() {
    root.dataset.theme = isDark() ? "light" : "dark";
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax${secure}`;
    showTheme();
  }

  // Quantity: minus and plus beside a number field.
  function turnStep(button) {
    const input = button.closest("[data-stepper]").querySelector("input");
    const before = input.value;
    if (button.dataset.step === "up") input.stepUp();
    else input.stepDown();
    if (input.value !== before) input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-theme-toggle], [data-step], [data-close], [data-print]");
    for (const menu of document.querySelectorAll(".menu[open]")) if (!menu.contains(event.target)) menu.open = false;
    if (!target) return;
    if ("themeToggle" in target.dataset) turnTheme();
    if ("step" in target.dataset) turnStep(target);
    if ("print" in target.dataset) print();
    if ("close" in target.dataset) {
      const box = target.closest("details");
      box.open = false;
      box.querySelector("summary").focus();
    }
  });

  document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && document.querySelector(".menu[open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });

  // A second tap on a slow network sends nothing twice; coming back by the browser's own button frees the form again.
  function free(scope) {
    for (const form of scope.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
    for (const button of scope.querySelectorAll("[data-busy]")) {
      delete button.dataset.busy;
      button.removeAttribute("aria-disabled");
    }
  }
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || "again" in form.dataset) return;
    if ("sent" in form.dataset) {
      event.preventDefault();
      return;
    }
    const button = event.submitter;
    if (button?.dataset.confirm && !confirm(button.dataset.confirm)) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "";
    if (button) {
      button.dataset.busy = "";
      button.setAttribute("aria-disabled", "true");
    }
    setTimeout(() => free(document), 15000);
  });
  addEventListener("pageshow", () => free(document));

  // htmx: what a person is told when the network or the server fails, and where the focus goes.
  const on = (name, act) => document.addEventListener(`htmx:${name}`, act);
  on("afterRequest", () => free(document));
  on("sendError", () => toast(text("offline")));
  on("timeout", () => toast(text("offline")));
  on("responseError", ({ detail }) => {
    const page = new DOMParser().parseFromString(detail.xhr.responseText, "text/html");
    toast(page.querySelector("[data-refused]")?.textContent.trim() || text("failed"));
  });
  on("afterSettle", ({ detail }) => detail.elt.querySelector?.("[data-focus]")?.focus());

  addEventListener("offline", () => toast(text("offline")));
  addEventListener("online", () => toast(""));
  // A row of tabs that is wider than the phone begins where the person is.
  for (const tabs of document.querySelectorAll(".tabs")) {
    const here = tabs.querySelector("[aria-current]");
    if (here) tabs.scrollLeft = here.offsetLeft - tabs.offsetLeft - 24;
  }
  showTheme();
  document.querySelector("[data-error-summary]")?.focus();

  // The service worker keeps pages for when there is no network. It waits until the page itself has everything.
  const worker = document.body.dataset.worker;
  if (worker && "serviceWorker" in navigator) {
    addEventListener("load", () => setTimeout(() => navigator.serviceWorker.register(worker, { scope: "/" }).catch(() => {}), 500));
    document.addEventListener("submit", (event) => {
      if (new URL(event.target.action).pathname === "/keluar/") navigator.serviceWorker.controller?.postMessage("forget");
    });
  }
})();
