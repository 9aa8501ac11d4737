// --- the labels

let chosen = -1, hovered = -1, cluster = -1;
const FONT = "system-ui, sans-serif";
const widths = new Float32Array(n);
let ink = "", paper = "", line = "";

function readColours() {
  const style = getComputedStyle(document.documentElement);
  [ink, paper, line] = ["--ink", "--paper", "--accent"].map((name) => style.getPropertyValue(name));
}

function write(text, x, y, colour) {
  pen.lineWidth = 3.5;
  pen.strokeStyle = paper;
  pen.strokeText(text, x, y);
  pen.fillStyle = colour;
  pen.fillText(text, x, y);
}

const short = (text) => (text.length > 32 ? `${text.slice(0, 31)}…` : text);
let bands; // the labels on the screen, in bands of 16 pixels: [left, right] in turn

function isFree(left, top, right, bottom) {
  const first = Math.floor(top / 16), last = Math.floor(bottom / 16);
  for (let band = first; band <= last; band++) {
    const taken = bands.get(band) ?? [];
    for (let i = 0; i < taken.length; i += 2) {
      if (taken[i] < right && left < taken[i + 1]) return false;
    }
  }
  for (let band = first; band <= last; band++) {
    if (!bands.has(band)) bands.set(band, []);
    bands.get(band).push(left, right);
  }
  return true;
}

const outside = (x, y) => x < -80 || x > width + 80 || y < -20 || y > height + 20;

function writeName({ name, place: middle, colour }) {
  const [x, y] = project(middle), text = short(name), wide = pen.measureText(text).width;
  if (outside(x, y) || !isFree(x - wide / 2 - 4, y - 12, x + wide / 2 + 4, y + 12)) return;
  pen.textAlign = "center";
  write(text, x, y, `color-mix(in oklab, ${colour} 62%, ${ink})`);
  pen.textAlign = "left";
}

function writeWord(word, must) {
  const [x, y] = project(word);
  if (outside(x, y)) return false;
  widths[word] ||= pen.measureText(short(words[word])).width;
  const free = isFree(x + 3, y - 16, x + 9 + widths[word], y);
  if (free || must) write(short(words[word]), x + 5, y - 6, ink);
  return free;
}

function drawLabels() {
  pen.setTransform(dots, 0, 0, dots, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.textBaseline = "middle";
  pen.lineJoin = "round";
  bands = new Map();
  const focus = hovered >= 0 ? hovered : chosen;
  if (focus >= 0) drawLinks(focus);
  pen.font = `12px ${FONT}`;
  if (chosen >= 0) [chosen, ...nearTo(chosen)].forEach((word) => writeWord(word, word === chosen));
  if (clusters.length > 1 && view.zoom < 6) {
    pen.font = `700 15px ${FONT}`;
    clusters.forEach((one, i) => { if (cluster < 0 || cluster === i) writeName(one); });
  }
  pen.font = `12px ${FONT}`;
  for (let word = 0, shown = 0, tried = 0; word < n && shown < MOST_LABELS; word++) {
    if (!lit[word] || word === chosen) continue;
    const [x, y] = project(word);
    if (outside(x, y)) continue;
    if (++tried > MOST_TRIED) break;
    if (writeWord(word)) shown++;
  }
}

function drawLinks(word) {
  const [x, y] = project(word);
  nearTo(word).forEach((other, rank) => {
    const [u, v] = project(other);
    pen.globalAlpha = 0.25 + 0.5 * Math.max(0, cosine(word, rank));
    pen.strokeStyle = line;
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(x, y);
    pen.lineTo(u, v);
    pen.stroke();
  });
  pen.globalAlpha = 1;
  pen.strokeStyle = ink;
  pen.lineWidth = 2;
  pen.beginPath();
  pen.arc(x, y, 7, 0, 7);
  pen.stroke();
}

let asked = false;
function draw() {
  if (asked) return;
  asked = true;
  requestAnimationFrame(() => {
    asked = false;
    points.draw();
    drawLabels();
  });
}

function resize() {
  [width, height] = [innerWidth, innerHeight];
  dots = Math.min(devicePixelRatio || 1, 3);
  unit = Math.min(width, height) / 2 * 0.92;
  for (const canvas of [$("points"), labels]) {
    canvas.width = width * dots;
    canvas.height = height * dots;
  }
  draw();
}
