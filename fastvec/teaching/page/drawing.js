// Elements, colours and numbers: what all pictures need.

const $ = (name) => document.getElementById(name);
const bdi = (word) => el("bdi", { dir: "auto" }, word);

function made(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child != null));
  return node;
}

/** An element with attributes, listeners ("on...") and children. Strings become text, never HTML. */
const el = (tag, attributes = {}, ...children) =>
  made(document.createElement(tag), attributes, children);

/** The same for pictures. */
const svg = (tag, attributes = {}, ...children) =>
  made(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

/** Give a cell or a line the colour of a weight; `scale` has the full colour. */
function paint(node, value, scale) {
  node.classList.toggle("minus", value < 0);
  node.style.setProperty("--share", Math.min(1, Math.abs(value) / scale).toFixed(3));
}

const percent = (p, digits = p > 0 && p < 0.001 ? 2 : 1) => `${(100 * p).toFixed(digits)}\u00a0%`;
const short = (x) => x.toFixed(3).replace(/^-(0\.0+)$/, "$1").replace("-", "−");
const whole = (x) => x.toLocaleString("en");

/** A number with all its digits behind those that are shown. */
const data = (x, shown = short) => el("data", { value: x }, shown(x));

/** A word cut to so many letters. */
function cut(word, most) {
  const letters = [...word];
  return letters.length <= most ? word : `${letters.slice(0, most - 1).join("")}…`;
}

const pen = document.createElement("canvas").getContext("2d");

/** The width of a text in a picture, in pixels. */
function widthOf(text, bold = false) {
  const { fontSize, fontFamily } = getComputedStyle($("pictures"));
  pen.font = `${bold ? "bold " : ""}${fontSize} ${fontFamily}`;
  return pen.measureText(text).width;
}

/** Words as "a, b and c". */
function listed(nodes) {
  return nodes.flatMap((node, i) =>
    (i === 0 ? [node] : [i === nodes.length - 1 ? " and " : ", ", node]));
}

/** A table with a heading for each column and each row. */
function table(caption, head, rows) {
  const cells = ([first, ...rest]) =>
    el("tr", {}, el("th", { scope: "row" }, first), ...rest.map((cell) => el("td", {}, cell)));
  return el("div", { class: "table" }, el("table", {}, el("caption", {}, caption),
    el("thead", {}, el("tr", {}, ...head.map((name) => el("th", { scope: "col" }, name)))),
    el("tbody", {}, ...rows.map(cells))));
}
