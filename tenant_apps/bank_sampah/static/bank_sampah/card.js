// The camera reads a member's card where the phone can; what it says is asked for like anything that is typed.
(() => {
  const place = document.querySelector("[data-card]");
  if (!place || !("BarcodeDetector" in window) || !navigator.mediaDevices) return;
  const camera = place.querySelector("[data-card-camera]"), picture = place.querySelector("[data-card-picture]");
  const note = place.querySelector("[data-card-note]"), search = place.querySelector("form"), input = search.querySelector("input");
  camera.hidden = false;
  let stream = null;
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
      note.textContent = place.dataset.refused;
      return;
    }
    picture.srcObject = stream;
    picture.hidden = false;
    await picture.play();
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    const look = async () => {
      if (!stream) return;
      const [found] = await detector.detect(picture).catch(() => []);
      if (found) {
        stop();
        input.value = found.rawValue.slice(-80);
        search.requestSubmit();
        return;
      }
      requestAnimationFrame(look);
    };
    look();
  });
})();
