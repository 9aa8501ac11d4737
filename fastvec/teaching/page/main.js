// The page: settings, the player, and what they show.

const { sentences: given, options: asked, limits, examples } = JSON.parse($("data").textContent);
const CHOICES = {
  model: ["Context", { "one-word": "one word", cbow: "CBOW", "skip-gram": "skip-gram" }],
  loss: ["Prediction", { softmax: "softmax", ns: "negative sampling", hs: "tree" }],
};
const NUMBERS = {
  vector_size: "numbers in a vector", window: "window", negative: "noise words", alpha: "learning rate",
  min_alpha: "rate at the end", epochs: "epochs", seed: "seed",
};
const SPEEDS = {
  "1 a second": 1, "4 a second": 4, "20 a second": 20, "100 a second": 100, "as fast as possible": Infinity,
};
const SLOW = 4; // steps a second that can be followed: activations are seen to flow
const SLICE = 25; // milliseconds of training for each picture

let options = { ...asked }, sentences = given;
let training, pictures, moment;
let wanted = 0, playing = false, drawing = false, credit = 0, clock = 0;

// --- settings

function choice(name) {
  const [title, kinds] = CHOICES[name];
  return el("fieldset", {}, el("legend", {}, title), ...Object.entries(kinds).map(([value, label]) =>
    el("label", {}, el("input", { type: "radio", name, value, checked: options[name] === value }), label)));
}

function number(name) {
  const [min, max] = limits.ranges[name];
  const step = Number.isInteger(asked[name]) && !name.includes("alpha") ? 1 : "any";
  return el("label", { id: `for-${name}` }, NUMBERS[name],
    el("input", { type: "number", name, min, max, step, required: true, value: options[name] }));
}

function makeSettings() {
  $("settings").append(choice("model"), choice("loss"),
    el("div", { class: "quantities" }, ...Object.keys(NUMBERS).map(number)));
  $("settings").addEventListener("submit", (event) => event.preventDefault());
  $("settings").addEventListener("change", () => attempt(readSettings));
}

/** The settings that have an effect. */
function showSettings() {
  $("for-window").hidden = options.model === "one-word";
  $("for-negative").hidden = options.loss !== "ns";
  $("for-both").hidden = options.loss === "hs"; // nodes have no words
}

function readSettings() {
  const read = {};
  for (const name of Object.keys(NUMBERS)) {
    const box = $("settings").elements[name], [min, max] = limits.ranges[name];
    if (!box.checkValidity()) {
      const kind = box.step === "1" ? "a whole number" : "a number";
      throw new Error(`${NUMBERS[name]} must be ${kind} from ${min} to ${max}.`);
    }
    read[name] = box.valueAsNumber;
  }
  for (const name of Object.keys(CHOICES)) read[name] = $("settings").elements[name].value;
  if (Object.keys(read).every((name) => read[name] === options[name])) return;
  options = read;
  restart();
}

// --- the text

function makeText() {
  $("typed").value = given.map((sentence) => sentence.join(" ")).join("\n");
  $("typed").addEventListener("input", () => attempt(readText));
  $("limits").textContent = `At most ${limits.words} different words and ${limits.tokens} words altogether, ` +
    "so that all can be seen. Words are letters, digits and marks, in lower case.";
  $("examples").append("Or one of these texts: ", ...listed(Object.entries(examples).map(([name, text]) =>
    el("button", { type: "button", onclick: () => { $("typed").value = text; attempt(readText); } }, name))));
}

function readText() {
  const read = sentencesOf($("typed").value);
  checkText(read);
  sentences = read;
  restart();
}

function checkText(read) {
  const words = new Set(read.flat()).size, tokens = read.flat().length;
  const room = (has, most) => new Error(`The text has ${has}, and the page has room for ${most}: take fewer sentences.`);
  if (words > limits.words) throw room(`${whole(words)} different words`, limits.words);
  if (tokens > limits.tokens) throw room(`${whole(tokens)} words`, limits.tokens);
  if (words < 2 || read.every((sentence) => sentence.length < 2)) {
    throw new Error("The text needs a line with two different words: one is predicted from the other.");
  }
}

/** Do something, or say why it cannot be done; the training of before then stays. */
function attempt(what) {
  $("trouble").hidden = true;
  try {
    what();
  } catch (error) {
    complain(error.message);
  }
}

function complain(text) {
  $("trouble").textContent = text;
  $("trouble").hidden = false;
}

// --- the player

const epochOf = (number) => Math.floor(number / training.steps.length);
const steps = (count) => () => go(wanted + count);
const MOVE = {
  start: () => go(0),
  back: steps(-1),
  next: steps(1),
  epochBack: () => go((Math.ceil(wanted / training.steps.length) - 1) * training.steps.length),
  epochNext: () => go((epochOf(wanted) + 1) * training.steps.length),
  end: () => go(training.end),
};

function makePlayer() {
  const button = (sign, name, key, act) =>
    el("button", { type: "button", title: `${name} (${key})`, "aria-label": name, onclick: act }, sign);
  const stopping = (act) => () => { pause(); act(); };
  $("player").append(
    el("div", { class: "buttons" },
      button("|‹", "To the start", "Home", stopping(MOVE.start)),
      button("«", "One epoch back", "Shift ←", stopping(MOVE.epochBack)),
      button("‹", "One step back", "←", stopping(MOVE.back)),
      el("button", { type: "button", id: "play", onclick: toggle }, "Play"),
      button("›", "One step", "→", stopping(MOVE.next)),
      button("»", "One epoch", "Shift →", stopping(MOVE.epochNext)),
      button("›|", "To the end", "End", stopping(MOVE.end)),
      el("label", { class: "speed" }, "steps", el("select", { id: "speed" },
        ...Object.keys(SPEEDS).map((name) => el("option", { selected: SPEEDS[name] === 4 }, name))))),
    el("input", { type: "range", id: "position", min: 0, "aria-label": "Step",
      oninput: ({ target }) => { pause(); go(target.valueAsNumber); } }),
    el("p", { id: "where" }));
}

function toggle() {
  if (playing) return pause();
  [playing, clock, credit] = [true, performance.now(), 1];
  $("play").textContent = "Pause";
  $("told").setAttribute("aria-live", "off"); // until it stands still
  if (moment.number === training.end) MOVE.start();
  draw();
}

function pause() {
  if (!playing) return;
  playing = false;
  wanted = moment.number;
  $("play").textContent = "Play";
  $("told").removeAttribute("aria-live");
}

function go(number) {
  wanted = Math.min(training.end, Math.max(0, number));
  draw();
}

function draw() {
  if (!drawing) requestAnimationFrame(frame);
  drawing = true;
  document.documentElement.removeAttribute("data-still");
}

/** The steps that are due by now, if the training plays. */
function due(now) {
  const speed = SPEEDS[$("speed").value];
  if (speed === Infinity) return training.end;
  credit += Math.max(0, now - clock) / 1000 * speed;
  clock = now;
  const count = Math.floor(credit);
  credit -= count;
  return Math.min(training.end, moment.number + count);
}

/** Draw one picture; go on if there is more to do. */
function frame(now) {
  if (playing) wanted = due(now);
  if (wanted !== moment.number || !pictures.shown) {
    const slow = !playing || SPEEDS[$("speed").value] <= SLOW;
    const flowing = slow && wanted === moment.number + 1;
    moment = { ...training.moment(wanted, performance.now() + SLICE), flowing };
    wanted = Math.min(wanted, training.end);
    show();
  }
  if (playing && moment.number === training.end) pause();
  drawing = playing || moment.number !== wanted;
  if (drawing) requestAnimationFrame(frame);
  document.documentElement.toggleAttribute("data-still", !drawing);
}

const KEYS = { ArrowLeft: ["back", "epochBack"], ArrowRight: ["next", "epochNext"], Home: ["start"], End: ["end"] };
addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === " " && !event.target.closest("button, summary")) toggle();
  else if (event.key in KEYS) {
    pause();
    MOVE[KEYS[event.key][Number(event.shiftKey)] ?? KEYS[event.key][0]]();
  } else return;
  event.preventDefault();
});

// --- what is shown

function restart() {
  pause();
  training = new Training(sentences, options);
  moment = training.moment(0);
  wanted = 0;
  $("position").max = training.total;
  showSettings();
  makePictures();
}

function makePictures() {
  const room = (name) => Math.max(260, Math.floor($(name).clientWidth));
  pictures = {
    network: new Network(training, room("network")),
    map: new WordMap(training, room("map"), $("both").checked && options.loss !== "hs"),
    curve: new Curve(training, room("curve")),
  };
  for (const name of Object.keys(pictures)) $(name).replaceChildren(pictures[name].node);
  showLegend();
  draw();
}

function showLegend() {
  const kind = (name, text) => el("b", { class: name }, text);
  const more = {
    softmax: [],
    ns: [", ", kind("noise", "noise")],
    hs: ["; a node is orange if it says up (left), and blue if it says down (right)"],
  };
  $("legend").replaceChildren(el("span", { class: "low" }), el("i"), el("span", { class: "high" }),
    " colours of weights; ", kind("input", "what is read"), ", ", kind("target", "what is to be predicted"),
    ...more[options.loss], "; | marks a probability before the step");
}

function show() {
  pictures.shown = true;
  const { task, number, before, after } = moment;
  const scale = niceAbove(training.weights.reduce((most, x) => Math.max(most, Math.abs(x)), 0));
  pictures.network.update(moment, scale);
  pictures.map.update(moment);
  pictures.curve.update(moment);
  $("legend").querySelector(".low").textContent = `−${scale}`;
  $("legend").querySelector(".high").textContent = String(scale);
  $("sentence").replaceChildren(...sentenceOf(training, moment));
  $("told").replaceChildren(...toldOf(training, moment));
  $("position").value = number;
  $("position").setAttribute("aria-valuetext", `step ${number} of ${training.total}`);
  const epoch = epochOf(Math.max(number - 1, 0)) + 1;
  $("where").textContent = `Step ${whole(number)} of ${whole(training.total)}, epoch ${epoch} of ` +
    `${options.epochs}; learning rate ${short(task.rate)}`;
  $("network").firstChild.setAttribute("aria-label", `The network: ${$("told").textContent}`);
  const losses = after ? ` In this step ${short(before.loss)}, and ${short(after.loss)} after it.` : "";
  $("curve-note").textContent = LOSS_IS[options.loss] + losses;
  if (training.end < training.total) {
    complain(`The training ended after ${whole(training.end)} steps, because the weights grew beyond all bounds: ` +
      "take a lower learning rate.");
  }
  showTables();
}

const LOSS_IS = {
  softmax: "−log of the probability of the word that stands there.",
  ns: "−log of the probabilities that the word is real, and that noise is noise, added up.",
  hs: "−log of the probabilities of all turns, added up: that of the word.",
};

/** The tables are made when they are open. */
function showTables() {
  if ($("numbers").open) $("numbers").lastElementChild.replaceChildren(...numbersOf(training, moment));
  if ($("vectors").open) $("vectors").lastElementChild.replaceChildren(...vectorsOf(training));
}

makeSettings();
makeText();
makePlayer();
for (const name of ["numbers", "vectors"]) $(name).addEventListener("toggle", showTables);
$("both").addEventListener("change", makePictures);
attempt(restart);
let widest = $("pictures").clientWidth;
new ResizeObserver(() => {
  if ($("pictures").clientWidth === widest) return;
  widest = $("pictures").clientWidth;
  makePictures();
}).observe($("pictures"));
