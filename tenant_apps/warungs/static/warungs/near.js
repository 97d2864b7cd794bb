// Where the phone stands: fills the fields lat and lon in and sends the form.
for (const button of document.querySelectorAll("[data-near]")) {
  const form = button.form, says = form.querySelector("[data-near-says]");
  const refused = () => { button.disabled = false; says.textContent = button.dataset.near; says.hidden = false; };
  button.addEventListener("click", () => {
    if (!navigator.geolocation) return refused();
    button.disabled = true;
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      // A hundred metres are near enough to look around, and tell nobody the door.
      const digits = Number(button.dataset.digits ?? 3);
      form.elements.lat.value = coords.latitude.toFixed(digits);
      form.elements.lon.value = coords.longitude.toFixed(digits);
      form.submit();
    }, refused, { maximumAge: 60000, timeout: 10000 });
  });
}
