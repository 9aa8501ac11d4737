// The network: words that are read, the hidden layer, and what is predicted.

const TOP = 26; // room for the headings

/** The sizes of a picture so many pixels wide. */
function sizesFor(width, training) {
  const narrow = width < 560, words = training.words.length;
  const line = Math.round(Math.min(34, Math.max(17, 460 / words)));
  const letters = narrow ? 7 : 12, bar = narrow ? 34 : 120;
  const label = 4 + Math.max(...training.words.map((word) => widthOf(cut(word, letters), true)));
  const cell = Math.min(16, (narrow ? 26 : 96) / training.size);
  const tree = training.options.loss === "hs" ? (narrow ? 84 : 260) : 0;
  const inputs = label + 20, matrix = cell * training.size;
  const outputs = width - bar - label - 10 - (tree ? 8 : matrix + 8);
  return {
    narrow, line, label, letters, cell, matrix, tree, outputs, inputs, bar, width,
    hidden: Math.round((inputs + matrix + outputs - tree) / 2) - 8,
    height: TOP + line * Math.max(words, training.size + 1) + 6,
  };
}

/** The vector of a word, as a row of coloured cells. */
function cells(training, sizes, x, y) {
  const side = Math.min(16, sizes.line - 5);
  return range(training.size).map((d) =>
    svg("rect", { class: "cell", x: x + d * sizes.cell, y: y - side / 2, width: sizes.cell - 1, height: side }));
}

/** A network of a training; `update` shows a moment of it. */
class Network {
  constructor(training, width) {
    this.training = training;
    const sizes = this.sizes = sizesFor(width, training);
    this.heights = training.words.map((_, word) => TOP + sizes.line * (word + 0.5));
    const middle = TOP + sizes.line * Math.max(training.words.length, training.size) / 2;
    this.units = range(training.size).map((d) => middle + sizes.line * (d - (training.size - 1) / 2));
    this.edges = svg("g", { class: "edges" });
    this.layer = training.options.loss === "hs" ? new Tree(this) : new Rows(this);
    this.node = svg("svg", { width, height: sizes.height, viewBox: `0 0 ${width} ${sizes.height}`, role: "img" },
      this.edges, this.headings(), this.inputRows(), this.hiddenUnits(), this.layer.node);
  }

  headings() {
    const { sizes } = this, { loss } = this.training.options;
    const last = loss === "hs" ? "tree" : "output", chance = loss === "ns" ? "is real" : "probability";
    const at = (x, text, anchor) => svg("text", { class: "heading", x, y: 12, "text-anchor": anchor }, text);
    return svg("g", {}, at(sizes.inputs + sizes.matrix, "input", "end"), at(sizes.hidden + 8, sizes.narrow && sizes.tree ? "" : "hidden", "middle"),
      at(sizes.outputs - sizes.tree, last, "start"), at(sizes.width, sizes.narrow ? "P" : chance, "end"));
  }

  inputRows() {
    const { sizes, training } = this;
    this.inputs = training.words.map((word, i) => {
      const y = this.heights[i];
      const row = svg("g", { class: "row" },
        svg("text", { x: sizes.label, y, "text-anchor": "end", class: "word" }, cut(word, sizes.letters)),
        svg("circle", { cx: sizes.label + 10, cy: y, r: 4.5, class: "hot" }));
      row.cells = cells(training, sizes, sizes.inputs, y);
      row.append(...row.cells);
      return row;
    });
    return svg("g", {}, ...this.inputs);
  }

  hiddenUnits() {
    const side = Math.min(20, this.sizes.line - 3);
    this.hidden = this.units.map((y) => svg("rect", {
      class: "cell unit", x: this.sizes.hidden + 8 - side / 2, y: y - side / 2, width: side, height: side, rx: 3,
    }));
    return svg("g", {}, ...this.hidden);
  }

  /** Show a moment; the weights of `scale` or more have the full colour. */
  update(moment, scale) {
    const { training, sizes } = this, { task } = moment, now = moment.after ?? moment.before;
    this.inputs.forEach((row, word) => {
      row.classList.toggle("active", task.inputs.includes(word));
      training.row(training.vectors, word).forEach((x, d) => paint(row.cells[d], x, scale));
    });
    const most = Math.max(...now.hidden.map(Math.abs), 1e-9);
    now.hidden.forEach((x, d) => paint(this.hidden[d], x, most));
    this.edges.replaceChildren();
    this.edges.classList.toggle("flowing", moment.flowing);
    for (const word of new Set(task.inputs)) {
      training.row(training.vectors, word).forEach((x, d) =>
        this.edge("edge", sizes.inputs + sizes.matrix, this.heights[word], sizes.hidden, this.units[d], x, scale));
    }
    this.layer.update(moment, now, scale);
  }

  /** A connection in the colour of its weight. */
  edge(kind, x1, y1, x2, y2, weight, scale) {
    const middle = (x1 + x2) / 2;
    const line = svg("path", { class: kind, pathLength: 1, d: `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}` });
    paint(line, weight, scale);
    this.edges.append(line);
  }

  /** The connections of all hidden units with one output row. */
  edgesTo(row, x, y, scale) {
    const { training, sizes } = this;
    training.row(training.outputs, row).forEach((weight, d) =>
      this.edge("edge second", sizes.hidden + 16, this.units[d], x, y, weight, scale));
  }

  /** A predicted word: its name, and a bar for its probability, before and after the step. */
  prediction(word, y) {
    const { sizes, training } = this, x = sizes.width - sizes.bar, height = Math.min(13, sizes.line - 7);
    const row = svg("g", { class: "row" },
      svg("text", { x: x - 8, y, "text-anchor": "end", class: "word" }, cut(training.words[word], sizes.letters)),
      svg("rect", { class: "room", x, y: y - height / 2, width: sizes.bar, height, rx: 2 }));
    row.bar = svg("rect", { class: "bar", x, y: y - height / 2, width: 0, height, rx: 2 });
    row.was = svg("rect", { class: "was", x, y: y - height / 2 - 2, width: 2, height: height + 4 });
    row.share = svg("text", { class: "share", x: sizes.width - 4, y, "text-anchor": "end" });
    row.append(row.bar, row.was, row.share);
    row.show = (before, after) => {
      row.share.textContent = sizes.narrow ? "" : percent(after);
      row.bar.setAttribute("width", after * sizes.bar);
      row.was.setAttribute("x", x + before * (sizes.bar - 2));
    };
    return row;
  }
}

/** Output rows of words: for the softmax, and for negative sampling. */
class Rows {
  constructor(network) {
    const { training, sizes, heights } = this.network = network;
    this.rows = training.words.map((_, word) => {
      const row = network.prediction(word, heights[word]);
      row.cells = cells(training, sizes, sizes.outputs, heights[word]);
      row.append(...row.cells);
      return row;
    });
    this.node = svg("g", {}, ...this.rows);
  }

  update({ task, before, after }, now, scale) {
    const { training, sizes, heights } = this.network;
    this.rows.forEach((row, word) => {
      row.classList.toggle("target", word === task.target);
      row.classList.toggle("noise", training.options.loss === "ns" && word !== task.target && task.rows.includes(word));
      row.show(before.words[word], (after ?? now).words[word]);
      training.row(training.outputs, word).forEach((x, d) => paint(row.cells[d], x, scale));
    });
    for (const row of new Set(task.rows)) this.network.edgesTo(row, sizes.outputs - 2, heights[row], scale);
  }
}

/** The Huffman tree: every inner node is an output row, and decides between left (up) and right. */
class Tree {
  constructor(network) {
    this.network = network;
    const { training, sizes, heights } = network;
    const deepest = Math.max(...training.tree.paths.map(({ rows }) => rows.length));
    this.column = sizes.tree / deepest;
    this.places = [];
    this.leaves = [];
    this.order = [];
    this.visit({ row: 0 }, 0, heights);
    this.links = [];
    this.node = svg("g", {});
    this.connect();
    this.nodes = this.places.map(([x, y]) => svg("circle", { class: "cell node", cx: x, cy: y, r: sizes.narrow ? 4 : 6 }));
    this.node.append(...this.nodes);
    this.rows = training.words.map((_, word) => network.prediction(word, this.leaves[word]));
    this.node.append(...this.rows);
  }

  /** The height of a node is the mean of what is below it; words follow each other. */
  visit(child, depth, heights) {
    if ("word" in child) {
      this.order.push(child.word);
      return (this.leaves[child.word] = heights[this.order.length - 1]);
    }
    const below = this.network.training.tree.children[child.row].map((one) => this.visit(one, depth + 1, heights));
    const y = (below[0] + below[1]) / 2;
    this.places[child.row] = [this.network.sizes.outputs - this.network.sizes.tree + depth * this.column + 8, y];
    return y;
  }

  connect() {
    const { sizes, training } = this.network, end = sizes.outputs + 4;
    training.tree.children.forEach((pair, row) => {
      this.links[row] = pair.map((child) => {
        const [x, y] = this.places[row];
        const [u, v] = "word" in child ? [end, this.leaves[child.word]] : this.places[child.row];
        const turn = "word" in child ? Math.min(x + this.column, end) : u;
        const link = svg("path", { class: "link", d: `M${x} ${y}C${(x + turn) / 2} ${y} ${(x + turn) / 2} ${v} ${turn} ${v}H${u}` });
        this.node.append(link);
        return link;
      });
    });
  }

  update({ task, before, after }, now, scale) {
    const { training } = this.network, { rows, code } = training.tree.paths[task.target];
    this.links.forEach((pair, row) => pair.forEach((link, bit) =>
      link.classList.toggle("active", rows.includes(row) && code[rows.indexOf(row)] === bit)));
    const largest = Math.max(...now.scores.map(Math.abs), 1e-9);
    this.nodes.forEach((node, row) => {
      const at = rows.indexOf(row);
      node.classList.toggle("active", at >= 0);
      paint(node, at < 0 ? 0 : now.scores[at], largest);
      if (at >= 0) this.network.edgesTo(row, ...this.places[row], scale);
    });
    this.rows.forEach((row, word) => {
      row.classList.toggle("target", word === task.target);
      row.show(before.words[word], (after ?? now).words[word]);
    });
  }
}
