// The owner signs with a finger: the drawing becomes letters and whole numbers, "M12 30L13 31…".
(() => {
  const form = document.querySelector("[data-sign]");
  if (!form) return;
  const pad = form.querySelector("[data-sign-pad]"), field = form.querySelector("input[name='signature']");
  const pen = pad.getContext("2d"), MOST = 1400;
  let steps = [], drawing = false;
  pen.lineWidth = 3;
  pen.lineCap = "round";
  const colour = () => { pen.strokeStyle = getComputedStyle(pad).color; };
  function place(event) {
    const box = pad.getBoundingClientRect();
    const fit = (value, most) => Math.min(Math.max(Math.round(value), 0), most);
    return [fit(((event.clientX - box.left) * 600) / box.width, 599), fit(((event.clientY - box.top) * 200) / box.height, 199)];
  }
  function draw(letter, [x, y]) {
    if (steps.length >= MOST) return;
    const step = `${letter}${x} ${y}`;
    if (steps[steps.length - 1] === step) return;
    steps.push(step);
    if (letter === "M") { pen.beginPath(); pen.moveTo(x, y); } else { pen.lineTo(x, y); pen.stroke(); }
    field.value = steps.length > 1 ? steps.join("") : "";
  }
  pad.addEventListener("pointerdown", (event) => { colour(); drawing = true; pad.setPointerCapture(event.pointerId); draw("M", place(event)); });
  pad.addEventListener("pointermove", (event) => { if (drawing) draw("L", place(event)); });
  for (const end of ["pointerup", "pointercancel"]) pad.addEventListener(end, () => { drawing = false; });
  form.querySelector("[data-sign-clear]").addEventListener("click", () => { steps = []; field.value = ""; pen.clearRect(0, 0, 600, 200); });
  // What was drawn before a refusal is shown again.
  for (const [, letter, x, y] of field.value.matchAll(/([ML])(\d{1,3}) (\d{1,3})/g)) { colour(); draw(letter, [Number(x), Number(y)]); }
})();
