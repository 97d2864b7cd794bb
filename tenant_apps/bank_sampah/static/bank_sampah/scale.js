// A scale that speaks the Bluetooth SIG's Weight Scale Service 1.0 (0x181D) tells what lies on it, and the type that is
// tapped gets it. Typing stays possible all the time.
(() => {
  const place = document.querySelector("[data-scale]"), form = document.getElementById("weigh");
  if (!place || !form || !navigator.bluetooth) return;
  const SERVICE = 0x181d, MEASUREMENT = 0x2a9d;
  // So long it lies still before it counts: a hand on the scale moves more often than that.
  const STILL_MS = 700;
  // Grams by which a load that lies still may seem another.
  const JITTER = 20;
  const button = place.querySelector("button"), label = button.querySelector("span"), note = place.querySelector("[data-scale-note]");
  const own = label.textContent, told = place.dataset;
  let device = null, row = null, last = null, filled = null, timer = 0;

  // Weight Measurement (0x2A9D), GATT Specification Supplement, "Weight Measurement": flags, then a uint16. Bit 0 of the flags
  // says imperial: 0.01 lb a step, else 0.005 kg a step. 0xFFFF is a measurement that did not succeed.
  function grams(value) {
    if (value.byteLength < 3) return null;
    const steps = value.getUint16(1, true);
    if (steps === 0xffff) return null;
    return value.getUint8(0) & 1 ? Math.round(steps * 0.01 * 453.59237) : steps * 5;
  }
  // As people type it: 2,345.
  const kilograms = (weight) => `${Math.floor(weight / 1000)},${String(weight % 1000).padStart(3, "0")}`;
  const say = (text, weight) => { note.textContent = weight === undefined ? text : `${kilograms(weight)} kg · ${text}`; };

  function choose(next) {
    if (!next || next === row || next.dataset.measure !== "g") return;
    row?.classList.remove("weighing");
    row = next;
    if (device) row.classList.add("weighing");
  }
  function settle() {
    if (last === null || last === 0) return;
    if (!row) return say(told.stable, last);
    // What still lies there belongs to the type of before.
    if (filled && filled.row !== row) return say(told.stable, last);
    const input = row.querySelector("input");
    input.value = kilograms(last);
    input.dispatchEvent(new Event("input", { bubbles: true }));
    filled = { row, weight: last };
    say(told.filled, last);
  }
  function measured(event) {
    const weight = grams(event.target.value);
    if (weight === null) return say(told.unread);
    if (weight === last) return;
    last = weight;
    if (filled && Math.abs(weight - filled.weight) > JITTER) filled = null;
    say(told.moving, weight);
    clearTimeout(timer);
    timer = setTimeout(settle, STILL_MS);
  }
  function gone(text) {
    clearTimeout(timer);
    device = last = null;
    row?.classList.remove("weighing");
    button.setAttribute("aria-pressed", "false");
    label.textContent = own;
    say(text);
  }
  async function connect() {
    button.disabled = true;
    say(told.searching);
    let found = null;
    try {
      found = await navigator.bluetooth.requestDevice({ filters: [{ services: [SERVICE] }] });
      const server = await found.gatt.connect();
      const measurement = await (await server.getPrimaryService(SERVICE)).getCharacteristic(MEASUREMENT);
      measurement.addEventListener("characteristicvaluechanged", measured);
      device = found;
      found.addEventListener("gattserverdisconnected", () => { if (device === found) gone(told.lost); });
      await measurement.startNotifications();
      if (device !== found) return;
      row?.classList.add("weighing");
      button.setAttribute("aria-pressed", "true");
      label.textContent = told.end;
      if (last === null) say(told.ready);
    } catch {
      // Nobody chose a scale, or it went away meanwhile.
      gone(told.failed);
      if (found?.gatt.connected) found.gatt.disconnect();
    } finally {
      button.disabled = false;
    }
  }
  button.addEventListener("click", () => {
    if (!device) return connect();
    const leaving = device;
    gone(told.none);
    leaving.gatt.disconnect();
  });
  form.addEventListener("focusin", (event) => choose(event.target.closest("[data-waste]")));
  form.addEventListener("click", (event) => choose(event.target.closest("[data-waste]")));
  window.addEventListener("pagehide", () => device?.gatt.disconnect());
  place.hidden = false;
})();
