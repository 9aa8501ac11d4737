// --- words

function element(tag, text, more = {}) {
  const made = Object.assign(document.createElement(tag), more);
  if (text !== undefined) made.textContent = text;
  return made;
}

const countOf = (word) => (map.counts ? many(map.counts[word], "time") : "");
const nameOf = (word) => (clusters.length > 1 ? clusters[map.cluster[word]].name : "");
const factsOf = (word) => [countOf(word), nameOf(word)].filter(Boolean).join(" · ");

function nearButton(word, rank) {
  const value = cosine(word, rank), other = nearTo(word)[rank];
  const button = element("button", undefined, { type: "button", className: "near" });
  const meter = element("meter", undefined, { min: 0, max: 1, value: Math.max(0, value) });
  meter.setAttribute("aria-hidden", "true");
  button.append(element("bdi", words[other]), meter, element("span", value.toFixed(2)));
  button.addEventListener("click", () => choose(other, true));
  return button;
}

function light() {
  for (let word = 0; word < n; word++) {
    lit[word] = cluster < 0 || map.cluster[word] === cluster ? 255 : 0;
  }
  if (chosen >= 0) {
    if (cluster < 0) lit.fill(0);
    lit[chosen] = 255;
    nearTo(chosen).forEach((other) => { lit[other] = 255; });
  }
  points.light();
  draw();
}

function choose(word, fly) {
  chosen = word;
  $("word").hidden = word < 0;
  $("word").replaceChildren();
  if (word >= 0) {
    const list = element("div");
    nearTo(word).forEach((_, rank) => list.append(nearButton(word, rank)));
    const title = element("h2", words[word], { dir: "auto" });
    $("word").append(title, element("p", factsOf(word), { dir: "auto" }),
      element("h3", "Nearest on this map, by cosine"), list);
    if (fly) flyToWord(word);
  }
  remember(word < 0 ? "" : words[word]);
  light();
}

function remember(word) { // so that a link leads to the word again
  try {
    history.replaceState(null, "", word ? `#${encodeURIComponent(word)}` : "#");
  } catch { /* a frame in a notebook has no address */ }
}

function wordAt(x, y) {
  let best = -1, nearest = REACH * REACH;
  for (let word = 0; word < n; word++) {
    const [u, v] = project(word), away = (u - x) ** 2 + (v - y) ** 2;
    if (away < nearest) [best, nearest] = [word, away];
  }
  return best;
}

function hover(word, x = 0, y = 0) {
  if (word !== hovered) draw();
  hovered = word;
  const tip = $("tip");
  tip.hidden = word < 0;
  if (word < 0) return;
  const near = Array.from(nearTo(word), (other) => words[other]).join(", ");
  tip.replaceChildren(element("b", words[word], { dir: "auto" }),
    element("small", factsOf(word), { dir: "auto" }), element("small", near, { dir: "auto" }));
  tip.style.left = `${Math.max(4, Math.min(x + 14, width - tip.offsetWidth - 8))}px`;
  tip.style.top = `${y + 18 + tip.offsetHeight > height ? y - tip.offsetHeight - 10 : y + 18}px`;
}

// --- searching

let folded;
function find(text) {
  const part = text.trim().toLowerCase();
  if (!part) return [];
  folded ??= words.map((word) => word.toLowerCase());
  const found = [[], [], []]; // equal, beginning with it, containing it
  for (let word = 0; word < n && found[0].length + found[1].length < 12; word++) {
    const at = folded[word].indexOf(part);
    if (at >= 0) found[folded[word] === part ? 0 : at ? 2 : 1].push(word);
  }
  return found.flat().slice(0, 12);
}

let answers = [], marked = 0;
function mark(index) {
  marked = index;
  [...$("found").children].forEach((item, i) => item.setAttribute("aria-selected", String(i === index)));
  $("asked").setAttribute("aria-activedescendant", answers.length ? `found${index}` : "");
}

function offer() {
  answers = find($("asked").value);
  const items = answers.map((word, i) => {
    const item = element("li", undefined, { id: `found${i}`, role: "option" });
    item.append(element("bdi", words[word]));
    item.addEventListener("click", () => accept(word));
    return item;
  });
  if (!items.length && $("asked").value.trim()) items.push(element("li", "no such word on this map"));
  $("found").replaceChildren(...items);
  $("found").hidden = !items.length;
  $("asked").setAttribute("aria-expanded", String(items.length > 0));
  if (answers.length) mark(0);
}

function accept(word) {
  $("asked").value = words[word];
  $("found").hidden = true;
  $("asked").setAttribute("aria-expanded", "false");
  choose(word, true);
}

$("asked").addEventListener("input", offer);
$("search").addEventListener("submit", (event) => {
  event.preventDefault();
  if (answers.length && !$("found").hidden) accept(answers[marked]);
});
$("asked").addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && answers.length) {
    event.preventDefault();
    mark((marked + step + answers.length) % answers.length);
  }
});

// --- clusters

const buttons = clusters.map(({ name, colour }, index) => {
  const button = element("button", undefined, { type: "button", title: name });
  const dot = element("i");
  dot.style.background = colour;
  button.append(dot, element("bdi", name));
  button.addEventListener("click", () => {
    cluster = cluster === index ? -1 : index;
    showClusters();
    choose(-1);
  });
  return button;
});

function showClusters() {
  buttons.forEach((button, index) => button.setAttribute("aria-pressed", String(index === cluster)));
}

$("clusters").append(...buttons.map((button) => {
  const item = element("li");
  item.append(button);
  return item;
}));
$("legend").hidden = clusters.length < 2;
$("legend").open = innerWidth > 700;
showClusters();

// --- beginning

$("about").textContent = `${many(n, "word")} by ${map.method}` +
  (dimensions === 3 ? ": drag to turn, with Shift to move" : "");
const scheme = matchMedia("(prefers-color-scheme: dark)");
scheme.addEventListener("change", () => { readColours(); draw(); });
addEventListener("resize", resize);
readColours();
resize();
const linked = words.findIndex((word) => `#${encodeURIComponent(word)}` === location.hash);
if (linked >= 0) choose(linked, true);
document.documentElement.dataset.ready = "true";
