// The curve of the loss, and the tables.

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
    const { curve: { sums, counts }, total, known } = this.training;
    const complete = known < total ? Math.max(1, this.training.pointOf(known)) : sums.length;
    const means = [...sums].map((sum, i) => sum / counts[i]).slice(0, complete).filter(Number.isFinite);
    const most = niceAbove(Math.max(...means, 1e-9));
    const x = (share) => share * (this.width - 8) + 4;
    const y = (loss) => this.height - 16 - (this.height - 26) * loss / most;
    const path = (points) => (points.length
      ? `M${points.map((loss, i) => `${x((i + 0.5) / sums.length)} ${y(loss)}`).join("L")}` : "");
    const now = number ? Math.min(means.length, this.training.pointOf(number - 1) + 1) : 0;
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
