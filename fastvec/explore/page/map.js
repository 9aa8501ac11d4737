// A map of words on a canvas: it can be moved and zoomed, and words on it can be lit.

import { address, el, quoted } from "./dom.js";

const MOST_LABELS = 160;
const NEAR = 14; // pixels between the pointer and the point that it means
const MOST_ZOOM = 400;
const dark = matchMedia("(prefers-color-scheme: dark)");
const still = matchMedia("(prefers-reduced-motion: reduce)");

/** The smallest rectangle around places, as {x, y, width, height}. */
function around(places) {
  const xs = places.map(([x]) => x), ys = places.map(([, y]) => y);
  const low = [Math.min(...xs), Math.min(...ys)];
  return { x: low[0], y: low[1], width: Math.max(...xs) - low[0], height: Math.max(...ys) - low[1] };
}

export class WordMap {
  constructor({ words, x, y, clusters, colours, names, middles }) {
    this.points = words.map((word, i) => ({ word, place: [x[i], y[i]], colour: colours[clusters[i]] }));
    this.names = middles.map((i, cluster) => (
      { name: names[cluster], place: [x[i], y[i]], colour: colours[cluster] }));
    this.whole = around(this.points.map(({ place }) => place));
    this.lit = [];
    this.asked = [];
    this.pointers = new Map();
    this.canvas = el("canvas", {
      tabindex: "0", role: "img", "aria-label": `Map of the ${words.length} most frequent words`,
      onpointerdown: (event) => this.press(event), onpointermove: (event) => this.move(event),
      onpointerup: (event) => this.release(event), onpointercancel: (event) => this.release(event),
      onpointerleave: () => this.hover(null), onkeydown: (event) => this.key(event),
    });
    this.canvas.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    const button = (text, label, act) => el("button", { type: "button", "aria-label": label,
      title: label, onclick: act }, text);
    this.node = el("div", { class: "map" }, this.canvas, el("div", { class: "zoom" },
      button("+", "Zoom in", () => this.zoomBy(1.6)), button("−", "Zoom out", () => this.zoomBy(1 / 1.6)),
      button("⤢", "Whole map", () => this.goTo(this.whole))));
    new ResizeObserver(() => this.resize()).observe(this.canvas);
    dark.addEventListener("change", () => this.draw());
  }

  /** Lights words at their places ({word: [x, y]}) and zooms to them; asked are those typed. */
  light(places, asked) {
    this.lit = Object.entries(places).map(([word, place]) => ({ word, place, asked: asked.includes(word) }));
    this.target = this.lit.length ? around(this.lit.map(({ place }) => place)) : this.whole;
    if (this.view) this.goTo(this.target);
  }

  // The view: the place in the middle of the canvas, and pixels for a unit of the map.

  resize() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!width) return;
    Object.assign(this.canvas, { width: width * devicePixelRatio, height: height * devicePixelRatio });
    this.size = [width, height];
    if (!this.view) {
      this.view = this.fitting(this.whole);
      this.goTo(this.target ?? this.whole);
    }
    this.draw();
  }

  fitting({ x, y, width, height }) {
    const room = this.size.map((pixels) => Math.max(60, pixels - 120));
    const most = this.leastScale() * MOST_ZOOM;
    const scale = Math.min(room[0] / (width || 1e-9), room[1] / (height || 1e-9), most);
    return { x: x + width / 2, y: y + height / 2, scale };
  }

  leastScale() {
    return Math.min(this.size[0] / (this.whole.width || 1), this.size[1] / (this.whole.height || 1)) / 2;
  }

  goTo(rectangle) {
    const from = this.view, to = this.fitting(rectangle), begin = performance.now();
    const length = still.matches ? 0 : 350;
    const step = (now) => {
      if (this.step !== step) return; // something else moves the map now
      const t = length ? Math.min(1, Math.max(0, (now - begin) / length)) : 1;
      const part = t * t * (3 - 2 * t);
      this.view = {
        x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part,
        scale: from.scale * (to.scale / from.scale) ** part,
      };
      this.draw();
      if (t < 1) requestAnimationFrame(step);
    };
    this.step = step;
    requestAnimationFrame(step);
  }

  zoomBy(factor, [px, py] = this.size.map((pixels) => pixels / 2)) {
    this.step = null;
    const least = this.leastScale();
    const scale = Math.min(least * MOST_ZOOM, Math.max(least, this.view.scale * factor));
    const [x, y] = this.placeAt(px, py);
    this.view = { scale, x: x - (px - this.size[0] / 2) / scale, y: y + (py - this.size[1] / 2) / scale };
    this.draw();
  }

  moveBy(dx, dy) {
    this.step = null;
    this.view.x -= dx / this.view.scale;
    this.view.y += dy / this.view.scale;
    this.draw();
  }

  pixels([x, y]) {
    const { view, size } = this;
    return [size[0] / 2 + (x - view.x) * view.scale, size[1] / 2 - (y - view.y) * view.scale];
  }

  placeAt(px, py) {
    const { view, size } = this;
    return [view.x + (px - size[0] / 2) / view.scale, view.y - (py - size[1] / 2) / view.scale];
  }

  // Pointers, wheel and keys.

  press(event) {
    this.canvas.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, [event.offsetX, event.offsetY]);
    this.dragged = this.pointers.size > 1;
  }

  move(event) {
    const now = [event.offsetX, event.offsetY], before = this.pointers.get(event.pointerId);
    if (!before) {
      this.hover(this.pointAt(now));
      return;
    }
    const other = [...this.pointers].find(([id]) => id !== event.pointerId)?.[1];
    const [dx, dy] = [now[0] - before[0], now[1] - before[1]];
    this.dragged ||= Math.hypot(dx, dy) > 3;
    if (!this.dragged) return;
    if (other) {
      const distance = (one) => Math.max(1, Math.hypot(one[0] - other[0], one[1] - other[1]));
      this.zoomBy(distance(now) / distance(before), other);
    } else {
      this.moveBy(dx, dy);
    }
    this.pointers.set(event.pointerId, now);
  }

  release(event) {
    const point = this.pointers.delete(event.pointerId) && !this.dragged && event.type === "pointerup"
      && this.pointAt([event.offsetX, event.offsetY]);
    if (point) location.hash = address("map", { q: quoted(point.word) });
  }

  wheel(event) {
    event.preventDefault();
    this.zoomBy(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0015)), [event.offsetX, event.offsetY]);
  }

  key(event) {
    const step = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] }[event.key];
    if (step) this.moveBy(...step);
    else if (event.key === "+" || event.key === "=") this.zoomBy(1.6);
    else if (event.key === "-") this.zoomBy(1 / 1.6);
    else if (event.key === "0") this.goTo(this.whole);
    else return;
    event.preventDefault();
  }

  pointAt(pixels) {
    let nearest = null, least = NEAR;
    for (const point of [...this.lit, ...this.points]) {
      const [x, y] = this.pixels(point.place);
      const distance = Math.hypot(x - pixels[0], y - pixels[1]);
      if (distance < least) [nearest, least] = [point, distance];
    }
    return nearest;
  }

  hover(point) {
    if (this.hovered?.word === point?.word) return;
    this.hovered = point;
    this.canvas.style.cursor = point ? "pointer" : "";
    this.draw();
  }

  // Drawing.

  draw() {
    if (!this.view) return;
    const context = this.canvas.getContext("2d"), style = getComputedStyle(this.canvas);
    this.colours = Object.fromEntries(["text", "surface", "accent", "warm"].map(
      (name) => [name, style.getPropertyValue(`--${name}`)]));
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    context.clearRect(0, 0, ...this.size);
    context.font = `13px ${style.fontFamily}`;
    context.textAlign = "center";
    context.lineJoin = "round";
    const seen = this.points.filter(({ place }) => this.isSeen(place));
    this.drawDots(context, seen);
    this.drawLabels(context, seen);
  }

  isSeen(place) {
    const [x, y] = this.pixels(place);
    return x > -20 && y > -20 && x < this.size[0] + 20 && y < this.size[1] + 20;
  }

  drawDots(context, seen) {
    const radius = Math.min(3.5, Math.max(1.2, 60 / Math.sqrt(seen.length + 1)));
    context.globalAlpha = this.lit.length ? 0.35 : 0.6;
    for (const { place, colour } of seen) {
      context.fillStyle = colour;
      this.dot(context, place, radius);
    }
    context.globalAlpha = 1;
    for (const { place, asked } of this.lit) {
      context.fillStyle = asked ? this.colours.warm : this.colours.accent;
      this.dot(context, place, 5);
    }
  }

  dot(context, place, radius) {
    context.beginPath();
    context.arc(...this.pixels(place), radius, 0, 7);
    context.fill();
  }

  /** Labels that do not cover each other: of lit words, of clusters, and then of frequent words. */
  drawLabels(context, seen) {
    const lit = new Set(this.lit.map(({ word }) => word)), { text, accent, warm } = this.colours;
    const write = this.writer(context);
    if (this.hovered) write(this.hovered.word, this.hovered.place, accent);
    for (const { word, place, asked } of this.lit) write(word, place, asked ? warm : accent);
    context.globalAlpha = this.lit.length ? 0.6 : 1;
    if (!this.lit.length && this.names.length > 1 && this.view.scale < this.leastScale() * 6) {
      context.font = context.font.replace("13px", "bold 15px");
      for (const { name, place, colour } of this.names) {
        write(name, place, `color-mix(in oklab, ${colour} 60%, ${text})`, -4);
      }
      context.font = context.font.replace("bold 15px", "13px");
    }
    for (let i = 0, labels = 0; i < seen.length && labels < MOST_LABELS; i++) {
      if (!lit.has(seen[i].word)) labels += write(seen[i].word, seen[i].place, text);
    }
    context.globalAlpha = 1;
  }

  /** A function that writes a label above a place if nothing is there yet, and says whether. */
  writer(context) {
    const taken = this.lit.map(({ place }) => { // the points of lit words stay free
      const [x, y] = this.pixels(place);
      return [x - 5, y - 3, x + 5, y + 5];
    });
    return (label, place, colour, above = 8) => {
      const [x, y] = this.pixels(place), half = context.measureText(label).width / 2 + 3;
      const [left, top, right, bottom] = [x - half, y - above - 14, x + half, y - above + 4];
      if (taken.some((one) => left < one[2] && one[0] < right && top < one[3] && one[1] < bottom)) return false;
      taken.push([left, top, right, bottom]);
      context.strokeStyle = this.colours.surface;
      context.lineWidth = 3.5;
      context.strokeText(label, x, y - above);
      context.fillStyle = colour;
      context.fillText(label, x, y - above);
      return true;
    };
  }
}
