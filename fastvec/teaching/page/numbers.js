// Arithmetic in float64. The scripts of this page are joined into one, in the order in which
// fastvec/teaching/watch.py lists them.

const sigmoid = (x) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x)));

/** log(1 + exp(x)), without overflow: -log(sigmoid(-x)). */
const softplus = (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/** log of the sum of exp of all scores. */
function logSum(scores) {
  const most = Math.max(...scores);
  return most + Math.log(scores.reduce((sum, score) => sum + Math.exp(score - most), 0));
}

function softmax(scores) {
  const log = logSum(scores);
  return scores.map((score) => Math.exp(score - log));
}

const range = (count) => Array.from({ length: count }, (_, i) => i);

/** A round number that is not below x, and not much above it. */
function niceAbove(x) {
  const power = 10 ** Math.floor(Math.log10(Math.max(x, 1e-9)));
  return [1, 1.5, 2, 3, 5, 7, 10].map((one) => +(one * power).toPrecision(2)).find((one) => one >= x * (1 - 1e-12));
}

/** splitmix64 (Steele, Lea & Flood 2014); every stream of a seed has its own numbers. */
class Random {
  constructor(seed, stream) {
    this.state = (BigInt(seed) << 32n) + BigInt(stream);
  }

  /** A number of [0, 1). */
  next() {
    this.state = BigInt.asUintN(64, this.state + 0x9E3779B97F4A7C15n);
    let z = this.state;
    z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xBF58476D1CE4E5B9n);
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94D049BB133111EBn);
    return Number((z ^ (z >> 31n)) >> 11n) / 2 ** 53;
  }
}

/** The eigenvectors of a symmetric matrix, that of the largest eigenvalue first (Jacobi's method). */
function eigenvectors(matrix) {
  const n = matrix.length, a = matrix.map((row) => [...row]);
  const vectors = range(n).map((i) => range(n).map((j) => Number(i === j)));
  const rotate = (rows, p, q, c, s) => {
    for (let k = 0; k < n; k++) {
      [rows[p][k], rows[q][k]] = [c * rows[p][k] - s * rows[q][k], s * rows[p][k] + c * rows[q][k]];
    }
  };
  const transpose = () => {
    for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) [a[i][j], a[j][i]] = [a[j][i], a[i][j]];
  };
  for (let sweep = 0; sweep < 12; sweep++) {
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        if (a[p][q] === 0) continue;
        const angle = Math.atan2(2 * a[p][q], a[q][q] - a[p][p]) / 2;
        const [c, s] = [Math.cos(angle), Math.sin(angle)];
        rotate(a, p, q, c, s);
        transpose();
        rotate(a, p, q, c, s);
        rotate(vectors, p, q, c, s);
      }
    }
  }
  return range(n).sort((i, j) => a[j][j] - a[i][i]).map((i) => vectors[i]);
}

/** Points (N rows of two numbers): rows on their two principal axes, around their mean; then other
 *  rows on the same axes. */
function principalComponents(rows, others = []) {
  const width = rows[0].length;
  const mean = range(width).map((d) => rows.reduce((sum, row) => sum + row[d], 0) / rows.length);
  const fromMean = (row) => Array.from(row, (x, d) => x - mean[d]);
  const away = rows.map(fromMean);
  const covariance = range(width).map((i) =>
    range(width).map((j) => away.reduce((sum, row) => sum + row[i] * row[j], 0)));
  const axes = eigenvectors(covariance).slice(0, 2);
  return [...away, ...others.map(fromMean)].map((row) => axes.map((axis) => axis.reduce((sum, x, d) => sum + x * row[d], 0)));
}

/** Points turned, or mirrored, so that the first of them are as near as possible to where they were. */
function turnedTo(before, points) {
  let [same, cross, mirrored, across] = [0, 0, 0, 0];
  before.forEach(([u, v], i) => {
    const [x, y] = points[i];
    same += x * u + y * v;
    cross += x * v - y * u;
    mirrored += x * u - y * v;
    across += x * v + y * u;
  });
  const mirror = Math.hypot(mirrored, across) > Math.hypot(same, cross) ? -1 : 1;
  const [c, s] = mirror < 0 ? [mirrored, across] : [same, cross];
  const length = Math.hypot(c, s) || 1;
  return points.map(([x, y]) =>
    [(c * x - s * mirror * y) / length, (s * x + c * mirror * y) / length]);
}
