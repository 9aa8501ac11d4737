// The views: neighbours, analogies, the odd one out, similarities, and the map.

import { address, announce, ask, bdi, el, joined, quoted } from "./dom.js";
import { COUNT, panels, ranking, without } from "./view.js";
import { WordMap } from "./map.js";

const SUM = { field: "q", kind: "sum", label: "Word, or sum of words", placeholder: "king - man + woman" };
const LIST = { field: "q", kind: "list", label: "Words, with commas between them" };

/** Links to views of some frequent words of the first space. */
const examples = (name) => (spaces) => [el("p", { class: "hint" }, "For example ",
  ...joined(spaces[0].examples.map((word) =>
    el("a", { href: address(name, { q: quoted(word) }) }, bdi(word))), ", "), ".")];

const sentence = (text) => () => [el("p", { class: "hint" }, text)];

/** The neighbours that several spaces name, with their ranks in each: word -> [rank or -1, ...]. */
function shared(answers) {
  const lists = answers.map(({ found = [] }) => found.map(([word]) => word));
  const words = new Set(lists.flat());
  const ranks = [...words].map((word) => [word, lists.map((list) => list.indexOf(word))]);
  return new Map(ranks.filter(([, places]) => places.filter((place) => place >= 0).length > 1));
}

/** A note behind a word that other spaces name too: its ranks there. */
function alsoAt(ranks, i, spaces) {
  const others = ranks?.map((rank, j) => (j !== i && rank >= 0
    ? `number ${rank + 1} in ${spaces[j].name}` : null)).filter(Boolean) ?? [];
  return others.length ? el("span", { class: "also", title: others.join(", ") },
    el("span", { class: "unseen" }, `also ${others.join(", ")}`),
    el("span", { "aria-hidden": "true" }, ranks.filter((rank, j) => j !== i && rank >= 0)
      .map((rank) => `=${rank + 1}`).join(" "))) : null;
}

/** Lists of neighbours, those that spaces share marked. */
function neighbourLists(name, answers, fields, spaces) {
  const both = shared(answers);
  const count = Math.max(...answers.map(({ found = [] }) => found.length));
  announce(`${count} words`);
  const lists = panels(name, answers, fields, spaces, ({ found, inferred }, i) => [
    inferred.length > 0 && el("p", { class: "hint" }, "Not in the vocabulary, but made from parts of words: ",
      ...joined(inferred.map(bdi), ", "), "."),
    found.length ? ranking(found, fields.n, (word) => alsoAt(both.get(word), i, spaces))
      : el("p", { class: "hint" }, "There are no other words."),
  ]);
  const compare = answers.filter(({ found }) => found).length > 1
    && el("p", { class: "shared" }, `${both.size} of ${count} words are shared; =3 stands for number 3 in the other list.`);
  return [compare, lists];
}

function showNeighbours(answers, fields, spaces) {
  const map = el("p", { class: "more" },
    el("a", { href: address("map", fields) }, "Show them on the map"));
  return [...neighbourLists("neighbours", answers, fields, spaces), map].filter(Boolean);
}

function showAnalogy(answers, fields, spaces) {
  return neighbourLists("analogy", answers, fields, spaces).filter(Boolean);
}

function showOdd(answers, fields, spaces) {
  return [panels("odd", answers, fields, spaces, ({ found, missing }) => {
    const [odd] = found.at(-1);
    announce(`${odd} does not match`);
    return [without(missing), el("p", { class: "answer" }, el("strong", {}, bdi(odd)),
      " does not match."), ranking(found), el("p", { class: "hint" },
      "The bars are the cosines with the mean of all.")];
  })];
}

function showMatrix(answers, fields, spaces) {
  return [panels("matrix", answers, fields, spaces, ({ words, cosines, missing }) => {
    announce(`similarities of ${words.length} words`);
    const head = el("tr", {}, el("td"), ...words.map((word) => el("th", { scope: "col" }, bdi(word))));
    const rows = cosines.map((row, i) => el("tr", {},
      el("th", { scope: "row" }, bdi(words[i])), ...row.map((cosine) => cell(cosine))));
    return [without(missing), el("div", { class: "matrix", tabindex: "0", role: "region",
      "aria-label": "Similarities" }, el("table", {}, el("thead", {}, head), el("tbody", {}, ...rows)))];
  })];
}

function cell(cosine) {
  const node = el("td", { class: cosine < 0 ? "cold" : "warm" }, cosine == null ? "–" : cosine.toFixed(2).replace("-0.00", "0.00"));
  node.style.setProperty("--share", Math.abs(cosine ?? 0));
  return node;
}

const made = {}; // the maps of all spaces, for each layout

/** The maps of all spaces, with the words that were found lit and zoomed to. */
async function showMap(answers, fields, spaces) {
  const { layout } = fields;
  made[layout] ??= (await ask("map", { layout })).map(
    (answer) => (answer.error ? answer : new WordMap(answer)));
  const maps = made[layout];
  const all = spaces.map((_, i) => (maps[i].error ? maps[i] : answers[i] ?? {}));
  const nodes = panels("map", all, fields, spaces, ({ terms = [], found = [], places = {} }, i) => {
    maps[i].light(places, terms.map(([word]) => word));
    return [el("div", { class: "mapped" }, maps[i].node, found.length > 0 && ranking(found, fields.n))];
  });
  const count = answers[0]?.found?.length;
  announce(count ? `${count} words are lit on the map` : "the map of the most frequent words");
  return [nodes];
}

export const VIEWS = [
  {
    name: "neighbours", title: "Neighbours", question: "neighbours", boxes: [SUM],
    choices: () => [COUNT],
    show: showNeighbours, hint: examples("neighbours"),
  },
  {
    name: "analogy", title: "Analogy", question: "analogy", choices: () => [COUNT],
    show: showAnalogy,
    boxes: [
      { field: "a", kind: "word", label: "A", placeholder: "man" },
      { field: "b", kind: "word", label: "is to B", placeholder: "king" },
      { field: "c", kind: "word", label: "as C is to …", placeholder: "woman" },
    ],
    hint: sentence("Type three words: the answer is to C what B is to A."),
  },
  {
    name: "odd", title: "Odd one out", question: "odd", choices: () => [], show: showOdd,
    boxes: [{ ...LIST, placeholder: "breakfast, cereal, dinner, lunch" }],
    hint: sentence("Which of some words does not match the others? Type three or more."),
  },
  {
    name: "matrix", title: "Similarities", question: "matrix", choices: () => [],
    show: showMatrix,
    boxes: [{ ...LIST, placeholder: "paris, london, red, blue" }],
    hint: sentence("How similar are some words to each other? Type two or more."),
  },
  {
    name: "map", title: "Map", question: "located", boxes: [SUM], show: showMap,
    choices: ([{ layouts }]) => [COUNT, { field: "layout", label: "Layout", options: layouts }],
    hint: (spaces, fields) => showMap([], fields, spaces),
  },
];
