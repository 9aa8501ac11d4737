// The map: vectors in the plane.

/** Where a label may stand: to the right of its point and below it, and how it is aligned. */
const LABELS = [
  [7, 0, "start"], [-7, 0, "end"], [0, -12, "middle"], [0, 12, "middle"], [6, -12, "start"], [6, 12, "start"],
  [-6, -12, "end"], [-6, 12, "end"], [0, -25, "middle"], [0, 25, "middle"], [6, -25, "start"], [6, 25, "start"],
];
const MOST_LETTERS = 12; // of a label

/** Where the labels of points stand, so that few are above each other. */
function labelled(points, labels) {
  const taken = points.map(([x, y]) => [x - 5, y - 5, x + 5, y + 5]);
  const meets = (one, other) => one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3];
  return points.map(([x, y], i) => {
    const width = widthOf(labels[i]);
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

/** The map of the vectors, on their two principal components; with `both`, of the output vectors
 *  of words, too. */
class WordMap {
  constructor(training, width, both) {
    const { words, size } = training, height = Math.round(width * 0.72);
    Object.assign(this, { training, width, height, before: null });
    this.shown = both ? training.weights : training.vectors;
    const rings = [1 / 2, 1].map((share) =>
      svg("circle", { class: "ring", cx: width / 2, cy: height / 2, r: share * height * 0.46 }));
    this.size = svg("text", { class: "heading", x: width / 2 + height * 0.34, y: height * 0.14 });
    this.points = range(this.shown.length / size).map((i) => svg("g", { class: i < words.length ? "point" : "point output" },
      svg("circle", { r: 4 }), svg("text", { class: "word" }, cut(words[i % words.length], MOST_LETTERS))));
    this.moves = svg("g");
    this.node = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img" },
      ...rings, this.size, this.moves, ...this.points);
  }

  update(moment) {
    const { training } = this, rows = training.rows(this.shown), count = rows.length;
    const old = moment.old ? training.rows(moment.old).slice(0, count) : [];
    const found = principalComponents(rows, old);
    const points = this.before ? turnedTo(this.before, found) : found;
    this.before = points.slice(0, count);
    const reach = niceAbove(Math.max(...this.before.map(([x, y]) => Math.hypot(x, y))));
    this.size.textContent = String(reach);
    const unit = this.height * 0.46 / reach;
    const places = points.map(([x, y]) => [this.width / 2 + x * unit, this.height / 2 - y * unit]);
    this.place(places.slice(0, count), moment.task);
    this.moves.replaceChildren(...places.slice(count).map(([x1, y1], i) =>
      svg("line", { class: "move", x1, y1, x2: places[i][0], y2: places[i][1] })));
    this.node.setAttribute("aria-label", this.told(training.rows(training.vectors)));
  }

  /** Move points and their labels; those of the step are on top. */
  place(places, { inputs, target }) {
    const { words } = this.training, top = new Set(inputs).add(this.points.length > words.length ? words.length + target : target);
    const labels = labelled(places, this.points.map((point) => point.lastChild.textContent));
    this.points.forEach((point, i) => {
      point.style.transform = `translate(${places[i][0]}px, ${places[i][1]}px)`;
      const [x, y, anchor] = labels[i];
      for (const [name, value] of Object.entries({ x, y, "text-anchor": anchor })) point.lastChild.setAttribute(name, value);
      point.classList.toggle("input", inputs.includes(i));
      point.classList.toggle("target", top.has(i) && !inputs.includes(i));
    });
    this.node.append(...[...top].map((i) => this.points[i]));
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
