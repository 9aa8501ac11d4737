// The training: one step after the other, forwards and backwards.

const MOST_STATES = 200; // that are kept, to go back to; the steps after them are computed again
const MOST_CHANGE = 1e6; // of a weight in a step: a training with more has a rate that is too high
const NOISE_EXPONENT = 0.75;

/** A word of the noise distribution, in which each has its count to a power as its weight. */
function drawNoise(counts, random) {
  const weights = counts.map((count) => count ** NOISE_EXPONENT);
  let left = random.next() * weights.reduce((sum, weight) => sum + weight, 0);
  const found = weights.findIndex((weight) => (left -= weight) < 0);
  return found < 0 ? counts.length - 1 : found;
}

const binaryLoss = (scores, labels) =>
  scores.reduce((sum, score, k) => sum + softplus(labels[k] ? -score : score), 0);

/** The ways to predict a word. outputs: rows of output weights; compared: the rows that a
 *  step looks at, with their labels; probabilities: of label 1, for scores of these rows; words: of
 *  all words, for the scores of all rows. */
const LOSSES = {
  softmax: {
    outputs: ({ words }) => words.length,
    compared: ({ words }, target) => ({
      rows: range(words.length),
      labels: words.map((_, word) => Number(word === target)),
    }),
    probabilities: softmax,
    loss: (scores, labels) => logSum(scores) - scores[labels.indexOf(1)],
    words: (_, scores) => softmax(scores),
  },
  ns: {
    outputs: ({ words }) => words.length,
    compared: ({ counts, options }, target, random) => {
      const noise = range(options.negative).map(() => drawNoise(counts, random));
      const rows = [target, ...noise.filter((word) => word !== target)];
      return { rows, labels: rows.map((_, k) => Number(k === 0)) };
    },
    probabilities: (scores) => scores.map(sigmoid),
    loss: binaryLoss,
    words: (_, scores) => scores.map(sigmoid),
  },
  hs: {
    outputs: ({ words }) => words.length - 1,
    compared: ({ tree }, target) => {
      const { rows, code } = tree.paths[target];
      return { rows, labels: code.map((bit) => 1 - bit) };
    },
    probabilities: (scores) => scores.map(sigmoid),
    loss: binaryLoss,
    words: ({ tree }, scores) => tree.paths.map(({ rows, code }) =>
      rows.reduce((product, row, k) => product * sigmoid(code[k] ? -scores[row] : scores[row]), 1)),
  },
};

/** A training of sentences (lists of words) with the options of fastvec.watch; after `done` steps
 *  its `vectors` and `outputs` are rows of `size` numbers, one after the other. */
class Training {
  constructor(sentences, options) {
    Object.assign(this, { sentences, options, size: options.vector_size }, vocabularyOf(sentences));
    this.tree = huffmanTree(this.counts, this.first);
    this.tokens = this.ids.flat().length;
    this.steps = stepsOf(this.ids, options);
    this.total = this.end = this.steps.length * options.epochs; // end: fewer, if weights grow without bounds
    this.layer = LOSSES[options.loss];
    const inputs = this.words.length * this.size;
    this.weights = new Float64Array(inputs + this.layer.outputs(this) * this.size);
    this.vectors = this.weights.subarray(0, inputs);
    this.outputs = this.weights.subarray(inputs);
    const random = new Random(options.seed, 0);
    for (let i = 0; i < inputs; i++) this.vectors[i] = (2 * random.next() - 1) / this.size;
    this.done = this.known = 0; // known: the most steps that were ever done
    [this.states, this.stride] = [new Map([[0, this.weights.slice()]]), 16];
    const parts = Math.ceil(60 / options.epochs); // of an epoch; each is a point of the curve
    this.curve = { sums: new Float64Array(options.epochs * parts), counts: new Uint32Array(options.epochs * parts) };
  }

  row(matrix, number) {
    return matrix.subarray(number * this.size, (number + 1) * this.size);
  }

  rows(matrix) {
    return range(matrix.length / this.size).map((number) => this.row(matrix, number));
  }

  /** What step `number` (from 0) trains. Its noise words depend on the seed and the step alone. */
  task(number) {
    const step = this.steps[number % this.steps.length];
    const random = new Random(this.options.seed, number + 1);
    return { ...step, ...this.layer.compared(this, step.target, random), rate: this.rate(number) };
  }

  /** The learning rate: it falls in a line with the words that were passed. */
  rate(number) {
    const { alpha, min_alpha: least, epochs } = this.options;
    const epoch = Math.floor(number / this.steps.length);
    const passed = epoch * this.tokens + this.steps[number % this.steps.length].done;
    return Math.max(least, alpha - (alpha - least) * passed / (epochs * this.tokens));
  }

  /** The hidden layer: the mean of the vectors of the inputs. */
  hidden({ inputs }) {
    return range(this.size).map((d) =>
      inputs.reduce((sum, word) => sum + this.row(this.vectors, word)[d], 0) / inputs.length);
  }

  scores(hidden, rows) {
    return rows.map((row) =>
      this.row(this.outputs, row).reduce((sum, x, d) => sum + x * hidden[d], 0));
  }

  /** One step down the gradient. All changes are computed from the values before the step; each
   *  input gets the whole change of the hidden layer, as in word2vec.c. */
  advance() {
    const task = this.task(this.done), { rows, labels, rate } = task;
    const hidden = this.hidden(task), scores = this.scores(hidden, rows);
    const errors = this.layer.probabilities(scores).map((p, k) => labels[k] - p);
    const change = new Float64Array(this.size);
    rows.forEach((row, k) =>
      this.row(this.outputs, row).forEach((x, d) => { change[d] += rate * errors[k] * x; }));
    if (![...hidden, ...change].every((x) => Math.abs(x) <= MOST_CHANGE)) {
      this.end = this.done;
      return;
    }
    rows.forEach((row, k) => {
      const output = this.row(this.outputs, row);
      hidden.forEach((x, d) => { output[d] += rate * errors[k] * x; });
    });
    for (const word of task.inputs) {
      const vector = this.row(this.vectors, word);
      change.forEach((x, d) => { vector[d] += x; });
    }
    this.remember(this.layer.loss(scores, labels));
  }

  /** Count a step as done: its loss is a part of the curve, and some states are kept. */
  remember(loss) {
    if (this.done === this.known) {
      const point = this.pointOf(this.done);
      this.curve.sums[point] += loss;
      this.curve.counts[point]++;
      this.known++;
    }
    this.done++;
    if (this.done % this.stride === 0 && !this.states.has(this.done)) {
      this.states.set(this.done, this.weights.slice());
      if (this.states.size > MOST_STATES) this.thin();
    }
  }

  /** The point of the curve that a step belongs to. */
  pointOf(number) {
    return Math.floor(number * this.curve.sums.length / this.total);
  }

  thin() {
    this.stride *= 2;
    for (const at of this.states.keys()) if (at % this.stride) this.states.delete(at);
  }

  /** Go to the state after `number` steps, or as far as the time (of performance.now) allows. */
  seek(number, until = Infinity) {
    const from = Math.max(...[...this.states.keys()].filter((at) => at <= number));
    if (number < this.done || from > this.done) {
      this.weights.set(this.states.get(from));
      this.done = from;
    }
    while (this.done < Math.min(number, this.end) && performance.now() < until) this.advance();
  }

  /** The probabilities of all words, and what the step compares, as the weights are now. */
  look(task) {
    const hidden = this.hidden(task);
    const all = this.scores(hidden, range(this.layer.outputs(this)));
    const scores = this.scores(hidden, task.rows);
    return {
      hidden,
      scores,
      words: this.layer.words(this, all),
      probabilities: this.layer.probabilities(scores),
      loss: this.layer.loss(scores, task.labels),
    };
  }

  /** The state after `number` steps (fewer, if time is up), and what the last of them did. After
   *  none, there is only what the first will do. */
  moment(number, until) {
    this.seek(Math.max(number - 1, 0), until);
    const task = this.task(this.done), before = this.look(task);
    if (number === 0) return { number, task, before, after: null };
    const old = this.weights.slice();
    this.advance();
    if (this.done === this.end && this.end < number) return this.moment(this.end);
    return { number: this.done, task, before, after: this.look(task), old };
  }
}
