// --- moving

function zoomAt(x, y, factor) {
  const zoom = Math.min(400, Math.max(0.4, view.zoom * factor));
  const step = (1 / view.zoom - 1 / zoom) / unit;
  view.x += (x - width / 2) * step;
  view.y -= (y - height / 2) * step;
  view.zoom = zoom;
  draw();
}

function pan(across, down) {
  view.x -= across / (unit * view.zoom);
  view.y += down / (unit * view.zoom);
  draw();
}

function flyTo(x, y, zoom) {
  const from = { ...view }, begun = performance.now();
  const time = matchMedia("(prefers-reduced-motion: reduce)").matches ? 1 : 350;
  const step = (now) => {
    const done = Math.min(1, (now - begun) / time), t = done * (2 - done);
    view.x = from.x + (x - from.x) * t;
    view.y = from.y + (y - from.y) * t;
    view.zoom = from.zoom * (zoom / from.zoom) ** t;
    draw();
    if (done < 1) requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}

const showAll = () => flyTo(0, 0, 1);

function flyToWord(word) { // so near that most of its neighbours are seen
  const [x, y] = project(word);
  const scale = unit * view.zoom;
  const away = Array.from(nearTo(word), (other) => {
    const [u, v] = project(other);
    return Math.hypot(u - x, v - y) / scale;
  }).sort((one, other) => one - other);
  const zoom = Math.min(60, Math.max(1.5, 0.6 / (away[Math.floor(away.length * 0.7)] || 1)));
  const covered = width > 700 ? 0 : document.querySelector("header").offsetHeight;
  flyTo(view.x + (x - width / 2) / scale,
    view.y - (y - height / 2) / scale + covered / 2 / unit / zoom, zoom);
}

// --- mouse, fingers and keys

const fingers = new Map();
let moved = 0, spread = 0;

labels.addEventListener("pointerdown", (event) => {
  fingers.set(event.pointerId, [event.clientX, event.clientY]);
  labels.setPointerCapture(event.pointerId);
  [moved, spread] = [0, 0];
  labels.classList.add("dragged");
});

labels.addEventListener("pointermove", (event) => {
  const [x, y] = [event.clientX, event.clientY], before = fingers.get(event.pointerId);
  if (!before) return hover(wordAt(x, y), x, y);
  fingers.set(event.pointerId, [x, y]);
  const [across, down] = [x - before[0], y - before[1]];
  moved += Math.abs(across) + Math.abs(down);
  hover(-1);
  if (fingers.size === 2) {
    const [one, other] = [...fingers.values()];
    const apart = Math.hypot(one[0] - other[0], one[1] - other[1]);
    if (spread) zoomAt((one[0] + other[0]) / 2, (one[1] + other[1]) / 2, apart / spread);
    spread = apart;
    return pan(across / 2, down / 2);
  }
  if (dimensions < 3 || event.shiftKey) return pan(across, down);
  rotate(across * 0.006, down * 0.006);
  draw();
});

for (const kind of ["pointerup", "pointercancel"]) {
  labels.addEventListener(kind, (event) => {
    fingers.delete(event.pointerId);
    spread = 0;
    labels.classList.remove("dragged");
    if (kind === "pointerup" && moved < 5) choose(wordAt(event.clientX, event.clientY), false);
  });
}
labels.addEventListener("pointerleave", () => hover(-1));
labels.addEventListener("wheel", (event) => {
  event.preventDefault();
  hover(-1);
  const lines = event.deltaMode ? 24 : 1;
  zoomAt(event.clientX, event.clientY, Math.exp(-event.deltaY * lines * 0.0018));
}, { passive: false });
labels.addEventListener("dblclick", (event) => zoomAt(event.clientX, event.clientY, 2));

const zoomBy = (factor) => zoomAt(width / 2, height / 2, factor);
const KEYS = {
  ArrowLeft: () => pan(60, 0), ArrowRight: () => pan(-60, 0),
  ArrowUp: () => pan(0, 60), ArrowDown: () => pan(0, -60),
  "+": () => zoomBy(1.4), "=": () => zoomBy(1.4), "-": () => zoomBy(1 / 1.4), 0: showAll,
};
addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    $("found").hidden = true;
    cluster = -1;
    showClusters();
    return choose(-1);
  }
  if (document.activeElement === $("asked") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/") {
    event.preventDefault();
    return $("asked").focus();
  }
  KEYS[event.key]?.();
});
$("nearer").addEventListener("click", () => zoomBy(1.6));
$("farther").addEventListener("click", () => zoomBy(1 / 1.6));
$("all").addEventListener("click", showAll);
