// The map, the curve of the loss, and the tables.

/** Where a label may stand: to the right of its point and below it, and how it is aligned. */
const LABELS = [
  [7, 0, "start"], [-7, 0, "end"], [0, -12, "middle"], [0, 12, "middle"], [6, -12, "start"], [6, 12, "start"],
  [-6, -12, "end"], [-6, 12, "end"], [0, -25, "middle"], [0, 25, "middle"], [6, -25, "start"], [6, 25, "start"],
];
const MOST_LETTERS = 12; // of a label

/** Where the labels of points stand, so that few are above each other. */
function labelled(points, words) {
  const taken = points.map(([x, y]) => [x - 5, y - 5, x + 5, y + 5]);
  const meets = (one, other) => one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3];
  return points.map(([x, y], i) => {
    const width = widthOf(cut(words[i], MOST_LETTERS));
    const boxes = LABELS.map(([right, down, anchor]) => {
      const left = x + right - { start: 0, middle: width / 2, end: width }[anchor];
      return [left, y + down - 7, left + width, y + down + 7];
    });
    const collisions = boxes.map((box) => taken.filter((other, j) => j !== i && meets(box, other)).length);
    const best = collisions.indexOf(Math.min(...collisions));
    taken.push(boxes[best]);
    return LABELS[best];
  });
}

/** The map of the vectors: their two principal components. */
class WordMap {
  constructor(training, width) {
    this.training = training;
    [this.width, this.height, this.before] = [width, Math.round(width * 0.72), null];
    this.rings = [1 / 2, 1].map((share) => svg("circle", {
      class: "ring", cx: width / 2, cy: this.height / 2, r: share * this.height * 0.46,
    }));
    this.size = svg("text", { class: "heading", x: width / 2 + this.height * 0.34, y: this.height * 0.14 });
    this.points = training.words.map((word) => svg("g", { class: "point" },
      svg("circle", { r: 4 }), svg("text", { class: "word" }, cut(word, MOST_LETTERS))));
    this.node = svg("svg", { width, height: this.height, viewBox: `0 0 ${width} ${this.height}`, role: "img" },
      ...this.rings, this.size, ...this.points);
  }

  update({ task }) {
    const rows = this.training.rows(this.training.vectors);
    const found = principalComponents(rows);
    this.before = this.before ? turnedTo(this.before, found) : found;
    const reach = niceAbove(Math.max(...this.before.map(([x, y]) => Math.hypot(x, y))));
    this.size.textContent = String(reach);
    const unit = this.height * 0.46 / reach;
    const places = this.before.map(([x, y]) => [this.width / 2 + x * unit, this.height / 2 - y * unit]);
    const labels = labelled(places, this.training.words);
    this.points.forEach((point, word) => {
      point.style.transform = `translate(${places[word][0]}px, ${places[word][1]}px)`;
      const [x, y, anchor] = labels[word];
      for (const [name, value] of Object.entries({ x, y, "text-anchor": anchor })) point.lastChild.setAttribute(name, value);
      point.classList.toggle("input", task.inputs.includes(word));
      point.classList.toggle("target", word === task.target);
    });
    this.node.append(...[...task.inputs, task.target].map((word) => this.points[word])); // on top
    this.node.setAttribute("aria-label", this.told(rows));
  }

  /** The map in words: the word that is nearest to each. */
  told(rows) {
    const { words } = this.training;
    const length = rows.map((row) => Math.hypot(...row) || 1);
    const cosine = (i, j) => rows[i].reduce((sum, x, d) => sum + x * rows[j][d], 0) / length[i] / length[j];
    const nearest = (i) => range(words.length).filter((j) => j !== i)
      .reduce((best, j) => (cosine(i, j) > cosine(i, best) ? j : best), i === 0 ? 1 : 0);
    return `The nearest word by cosine: ${words.map((word, i) => `of ${word}, ${words[nearest(i)]}`).join("; ")}.`;
  }
}

/** The curve of the mean loss, with the place of the training on it. */
class Curve {
  constructor(training, width) {
    [this.training, this.width, this.height] = [training, width, 120];
    this.later = svg("path", { class: "curve later" });
    this.line = svg("path", { class: "curve" });
    this.place = svg("line", { class: "place", y1: 8, y2: this.height - 16 });
    this.dot = svg("circle", { class: "dot", r: 4 });
    this.top = svg("text", { class: "heading", x: 0, y: 11 });
    this.node = svg("svg", { width, height: this.height, viewBox: `0 0 ${width} ${this.height}`, role: "img" },
      svg("line", { class: "axis", x1: 0, x2: width, y1: this.height - 15.5, y2: this.height - 15.5 }),
      svg("text", { class: "heading", x: 0, y: this.height - 2 }, "0"),
      svg("text", { class: "heading", x: width, y: this.height - 2, "text-anchor": "end" },
        `${whole(training.options.epochs)} epochs`),
      this.top, this.later, this.line, this.place, this.dot);
  }

  update({ number }) {
    const { curve: { sums, counts }, total } = this.training;
    const means = [...sums].map((sum, i) => sum / counts[i]).filter(Number.isFinite);
    const most = niceAbove(Math.max(...means, 1e-9));
    const x = (share) => share * (this.width - 8) + 4;
    const y = (loss) => this.height - 16 - (this.height - 26) * loss / most;
    const path = (points) => (points.length
      ? `M${points.map((loss, i) => `${x((i + 0.5) / sums.length)} ${y(loss)}`).join("L")}` : "");
    const now = number ? this.training.pointOf(number - 1) + 1 : 0;
    this.later.setAttribute("d", path(means));
    this.line.setAttribute("d", path(means.slice(0, now)));
    const at = x(number / total);
    this.place.setAttribute("x1", at);
    this.place.setAttribute("x2", at);
    this.dot.setAttribute("cx", at);
    this.dot.setAttribute("cy", y(means[Math.max(now - 1, 0)] ?? most));
    this.dot.classList.toggle("none", now === 0);
    this.top.textContent = means.length ? String(most) : "";
    this.node.setAttribute("aria-label", now
      ? `The mean loss: ${short(means[0])} at the start, ${short(means[now - 1])} now.` : "No step was done yet.");
  }
}

/** The words and their probabilities, and what the step compared. */
function numbersOf(training, { task, before, after }) {
  const { words, options: { loss } } = training;
  const of = (look, key, i) => (look ? data(look[key][i]) : "");
  const labels = new Map(task.rows.map((row, k) => [row, task.labels[k]]));
  const shown = loss === "hs" ? [] : ["label"];
  const known = table(`${loss === "ns" ? "Each word: is it real?" : "The probability of each word"}`,
    ["word", ...shown, "before", "after"],
    words.map((word, i) => [bdi(word), ...shown.map(() => String(labels.get(i) ?? "")),
      of(before, "words", i), of(after, "words", i)]));
  const compared = table("What this step compares: y ← y + rate × error × h",
    [loss === "hs" ? "node" : "word", "label", "score h·y", "probability", "error", "probability after"],
    task.rows.map((row, k) => [loss === "hs" ? String(row) : bdi(words[row]), String(task.labels[k]),
      of(before, "scores", k), of(before, "probabilities", k),
      data(task.labels[k] - before.probabilities[k]), of(after, "probabilities", k)]));
  const hidden = table("The hidden layer h", ["", ...range(training.size).map((d) => String(d + 1))],
    [["before", ...before.hidden.map((x) => data(x))],
      ...(after ? [["after", ...after.hidden.map((x) => data(x))]] : [])]);
  return [el("div", { class: "tables" }, known, el("div", {}, compared, hidden))];
}

/** All weights as tables, which can be copied into a spreadsheet. */
function vectorsOf(training) {
  const head = ["", ...range(training.size).map((d) => String(d + 1))];
  const rows = (matrix, names) =>
    training.rows(matrix).map((row, i) => [names[i], ...[...row].map((x) => data(x))]);
  const outputs = training.options.loss === "hs" ? training.tree.children.map((_, row) => String(row))
    : training.words.map(bdi);
  return [el("div", { class: "tables" },
    table("Vectors of words, which a training keeps", head, rows(training.vectors, training.words.map(bdi))),
    table(`Output vectors of ${training.options.loss === "hs" ? "nodes" : "words"}`, head, rows(training.outputs, outputs)))];
}
