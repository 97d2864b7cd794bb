// The sum of notes and coins while they are written down.
(() => {
  const form = document.querySelector("[data-count]");
  if (!form) return;
  const shown = form.querySelector("[data-count-sum]");
  const show = () => {
    const sum = [...form.querySelectorAll("[data-piece]")].reduce((all, one) => all + Number(one.dataset.piece) * (Number(one.value) || 0), 0);
    shown.textContent = `Rp\u00a0${String(sum).replace(/\B(?=(\d{3})+$)/g, ".")}`;
  };
  form.addEventListener("input", show);
  show();
})();
