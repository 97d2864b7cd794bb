// Two short tones when the board says that an order came in, for those who switched it on at this counter.
(() => {
  const box = document.getElementById("board-sound");
  const news = box && document.getElementById(box.dataset.listens);
  if (!news || !("AudioContext" in window)) {
    if (box) box.closest("p").hidden = true;
    return;
  }
  const KEY = "warsa-board-sound";
  let audio;
  const remembered = () => { try { return localStorage.getItem(KEY) === "on"; } catch { return false; } };
  const remember = (on) => { try { localStorage.setItem(KEY, on ? "on" : "off"); } catch { /* private window: for this visit only */ } };

  function ring() {
    audio ||= new AudioContext();
    audio.resume?.();
    [[880, 0], [1175, 0.18]].forEach(([pitch, after]) => {
      const tone = audio.createOscillator(), loudness = audio.createGain(), from = audio.currentTime + after;
      tone.frequency.value = pitch;
      loudness.gain.setValueAtTime(0.0001, from);
      loudness.gain.exponentialRampToValueAtTime(0.25, from + 0.02);
      loudness.gain.exponentialRampToValueAtTime(0.0001, from + 0.16);
      tone.connect(loudness).connect(audio.destination);
      tone.start(from);
      tone.stop(from + 0.17);
    });
  }
  box.checked = remembered();
  // A browser plays nothing before somebody has touched the page: the first tap wakes the sound that was switched on earlier.
  if (box.checked) document.addEventListener("pointerdown", () => { audio ||= new AudioContext(); audio.resume?.(); }, { once: true });
  box.addEventListener("change", () => {
    remember(box.checked);
    if (box.checked) ring();
  });
  new MutationObserver(() => { if (box.checked && news.textContent.trim()) ring(); }).observe(news, { childList: true, characterData: true, subtree: true });
})();
