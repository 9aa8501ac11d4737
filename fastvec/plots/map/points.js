// A map of words: WebGL draws the points, a second canvas above it labels, links and rings.
// The parts of this script are joined into one, in the order points, labels, moving, words.

const MOST_LABELS = 260, MOST_TRIED = 15000, REACH = 14, COSINE_STEPS = 10000;
const $ = (name) => document.getElementById(name);
const labels = $("labels"), pen = labels.getContext("2d");

// --- what the map holds

async function unpack(text) {
  const packed = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  const bytes = await new Response(stream).arrayBuffer();
  const size = new DataView(bytes).getUint32(0, true);
  const facts = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, size)));
  const n = facts.words.length;
  let at = 4 + size;
  const take = (kind, count) => {
    const array = new kind(bytes, at, count);
    at += array.byteLength;
    return array;
  };
  return Object.assign(facts, {
    n,
    places: take(Float32Array, n * facts.dimensions),
    neighbours: take(Int32Array, n * facts.near),
    cosines: take(Int16Array, n * facts.near),
    cluster: take(Uint16Array, n),
  });
}

const map = await unpack($("data").textContent);
$("data").remove();
const { n, words, dimensions, clusters } = map;
const rgb = clusters.map(({ colour }) =>
  [1, 3, 5].map((start) => parseInt(colour.slice(start, start + 2), 16)));
const many = (count, thing) => `${count.toLocaleString("en")} ${thing}${count === 1 ? "" : "s"}`;
const cosine = (word, rank) => map.cosines[word * map.near + rank] / COSINE_STEPS;
const nearTo = (word) => map.neighbours.subarray(word * map.near, (word + 1) * map.near);

// --- where words are on the screen

const view = { x: 0, y: 0, zoom: 1 };
let turn = [1, 0, 0, 0, 1, 0, 0, 0, 1]; // rows of the rotation, for three dimensions
let width = 1, height = 1, unit = 1, dots = 1;
const place = new Float32Array(3);

function project(word) {
  const at = word * dimensions, p = map.places;
  let x = p[at], y = p[at + 1];
  place[2] = 0;
  if (dimensions === 3) {
    const z = p[at + 2];
    place[2] = turn[6] * x + turn[7] * y + turn[8] * z;
    [x, y] = [turn[0] * x + turn[1] * y + turn[2] * z, turn[3] * x + turn[4] * y + turn[5] * z];
  }
  place[0] = width / 2 + (x - view.x) * view.zoom * unit;
  place[1] = height / 2 - (y - view.y) * view.zoom * unit;
  return place;
}

function rotate(across, down) {
  const [c, s, d, t] = [Math.cos(across), Math.sin(across), Math.cos(down), Math.sin(down)];
  const by = [c, 0, s, s * t, d, -c * t, -s * d, t, c * d], old = turn;
  turn = by.map((_, i) => [0, 1, 2].reduce(
    (sum, k) => sum + by[3 * Math.floor(i / 3) + k] * old[3 * k + i % 3], 0));
}

// --- the points

const lit = new Uint8Array(n).fill(255); // how much of each point's colour is seen
const SHADER = `#version 300 es
  in vec3 where; in vec3 colour; in float size; in float lit;
  uniform mat3 turn; uniform vec2 scale, shift; uniform float grow;
  out vec4 shown;
  void main() {
    vec3 at = turn * where;
    gl_Position = vec4(at.xy * scale + shift, 0, 1);
    gl_PointSize = size * grow * (1.0 + 0.35 * at.z) * (lit > 0.5 ? 1.0 : 0.7);
    shown = vec4(colour, lit > 0.5 ? 0.85 : 0.12);
  }`;
const FILL = `#version 300 es
  precision mediump float;
  in vec4 shown; out vec4 pixel;
  void main() {
    float edge = 1.0 - smoothstep(0.36, 0.5, length(gl_PointCoord - 0.5));
    if (edge <= 0.0) discard;
    pixel = vec4(shown.rgb, 1) * shown.a * edge;
  }`;

function sizeOf(word) { // the more frequent, the larger
  return 3 + 4.5 * (1 - Math.log(word + 1) / Math.log(n + 1)) + (n < 3000 ? 2 : 0);
}

function openPoints(canvas) {
  const gl = canvas.getContext("webgl2", { premultipliedAlpha: true });
  if (!gl) return { draw: drawPlainly(canvas), light() {} };
  const program = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, SHADER], [gl.FRAGMENT_SHADER, FILL]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  gl.useProgram(program);
  const last = (word) => n - 1 - word; // frequent words are drawn last, on top
  const where = new Float32Array(3 * n), colour = new Uint8Array(3 * n), size = new Float32Array(n);
  for (let word = 0; word < n; word++) {
    for (let i = 0; i < dimensions; i++) where[3 * last(word) + i] = map.places[word * dimensions + i];
    colour.set(rgb[map.cluster[word]], 3 * last(word));
    size[last(word)] = sizeOf(word);
  }
  const bind = (name, data, numbers, kind) => {
    const buffer = gl.createBuffer(), at = gl.getAttribLocation(program, name);
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.bufferData(gl.ARRAY_BUFFER, data, gl.DYNAMIC_DRAW);
    gl.enableVertexAttribArray(at);
    gl.vertexAttribPointer(at, numbers, kind, kind === gl.UNSIGNED_BYTE, 0, 0);
    return buffer;
  };
  bind("where", where, 3, gl.FLOAT);
  bind("colour", colour, 3, gl.UNSIGNED_BYTE);
  bind("size", size, 1, gl.FLOAT);
  const lights = bind("lit", lit, 1, gl.UNSIGNED_BYTE);
  gl.enable(gl.BLEND);
  gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  const uniform = (name) => gl.getUniformLocation(program, name);
  const [turned, scale, shift, grow] = ["turn", "scale", "shift", "grow"].map(uniform);
  return {
    draw() {
      const [sx, sy] = [2 * unit * view.zoom / width, 2 * unit * view.zoom / height];
      gl.viewport(0, 0, canvas.width, canvas.height);
      gl.clear(gl.COLOR_BUFFER_BIT);
      gl.uniformMatrix3fv(turned, true, turn);
      gl.uniform2f(scale, sx, sy);
      gl.uniform2f(shift, -view.x * sx, -view.y * sy);
      gl.uniform1f(grow, dots * growth());
      gl.drawArrays(gl.POINTS, 0, n);
    },
    light() {
      gl.bindBuffer(gl.ARRAY_BUFFER, lights);
      gl.bufferSubData(gl.ARRAY_BUFFER, 0, lit.slice().reverse());
    },
  };
}

function drawPlainly(canvas) { // where there is no WebGL
  const brush = canvas.getContext("2d");
  return () => {
    brush.setTransform(dots, 0, 0, dots, 0, 0);
    brush.clearRect(0, 0, width, height);
    for (let word = n - 1; word >= 0; word--) {
      const [x, y] = project(word), size = sizeOf(word) * growth();
      brush.globalAlpha = lit[word] ? 0.85 : 0.12;
      brush.fillStyle = clusters[map.cluster[word]].colour;
      brush.fillRect(x - size / 2, y - size / 2, size, size);
    }
  };
}

const growth = () => Math.min(2.2, Math.sqrt(Math.max(view.zoom, 0.5))) *
  Math.max(0.5, Math.min(1, 140 / Math.sqrt(n)));
const points = openPoints($("points"));
