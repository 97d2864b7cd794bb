// A carton that is scanned counts at once: by a scanner that types and ends with Enter, or by the camera where there is a detector.
(() => {
  const form = document.querySelector("[data-scan]");
  if (!form) return;
  const input = form.querySelector("[data-scan-code]"), note = form.querySelector("[data-scan-note]");
  function count(code) {
    const line = [...form.querySelectorAll("[data-scan-line]")].find((one) => code && one.dataset.scanLine === code);
    if (!line) { note.textContent = `${note.dataset.unknown} (${code})`; return; }
    const field = line.querySelector("[data-stepper] input");
    field.value = String((Number(field.value) || 0) + 1);
    field.dispatchEvent(new Event("change", { bubbles: true }));
    note.textContent = `${note.dataset.added} ${line.querySelector("strong").textContent}, ${field.value}`;
  }
  function take() {
    const code = input.value.trim();
    input.value = "";
    if (code) count(code);
    input.focus();
  }
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    take();
  });
  form.addEventListener("click", (event) => {
    const add = event.target.closest("button[value='scan']");
    if (!add || !input.value.trim()) return;
    event.preventDefault();
    take();
  });

  const camera = form.querySelector("[data-scan-camera]"), picture = form.querySelector("[data-scan-picture]");
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices) return;
  camera.hidden = false;
  let stream = null, last = "", seen = 0;
  function stop() {
    stream.getTracks().forEach((track) => track.stop());
    stream = null;
    picture.hidden = true;
  }
  camera.addEventListener("click", async () => {
    if (stream) return stop();
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      camera.hidden = true;
      return;
    }
    picture.srcObject = stream;
    picture.hidden = false;
    await picture.play();
    const detector = new BarcodeDetector({ formats: ["ean_13", "ean_8", "upc_a", "itf", "code_128"] });
    const look = async () => {
      if (!stream) return;
      const [found] = await detector.detect(picture).catch(() => []);
      // The same carton stays in the picture a while: it counts once in two seconds.
      if (found && (found.rawValue !== last || Date.now() - seen > 2000)) {
        [last, seen] = [found.rawValue, Date.now()];
        count(found.rawValue);
      }
      setTimeout(look, 200);
    };
    look();
  });
})();
