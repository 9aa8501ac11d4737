// A view: a form with boxes for words, and below it the answers of all spaces, side by side.

import { address, announce, ask, bdi, el, joined, quoted, typed } from "./dom.js";
import { wordBox } from "./completion.js";

/** How many words are shown. */
export const COUNT = { field: "n", label: "Words", options: [10, 25, 50, 100].map((n) => [n, n]) };

/**
 * A view of the page.
 *
 * name: what stands behind the # of its address;
 * boxes: its boxes for words, {field, kind, label, placeholder};
 * choices(spaces): its lists to choose from, {field, label, options}; the first option is chosen;
 * question: what it asks the server;
 * show(answers, fields, spaces): the nodes that show the answers;
 * hint(spaces, fields): nodes to show before anything is asked.
 */
export function makeView({ name, boxes, choices, question, show, hint }, spaces) {
  const inputs = boxes.map((box) => ({ ...box, ...wordBox(box) }));
  const lists = choices(spaces).map((choice) => ({ ...choice, ...choiceList(name, choice, submit) }));
  const form = el("form", { role: "search", onsubmit: submit },
    ...[...inputs, ...lists].map((box) => box.node), el("button", { class: "go" }, "Show"));
  const results = el("div", { class: "results", tabindex: "-1" });
  const node = el("div", {}, form, results);
  let turn = 0;

  function submit(event) {
    event.preventDefault();
    const words = Object.fromEntries(inputs.map(({ field, input }) => [field, input.value.trim()]));
    const chosen = Object.fromEntries(lists.map(({ field, list }) => [field, list.value]));
    const empty = inputs.find(({ field }) => !words[field]);
    if (!empty) location.hash = address(name, { ...words, ...chosen });
    else if (event.type === "change") location.hash = address(name, chosen);
    else empty.input.focus();
  }

  async function update(given) {
    const mine = ++turn;
    for (const { field, input } of inputs) {
      if (input.value.trim() !== (given[field] ?? "")) input.value = given[field] ?? "";
    }
    const fields = { ...given };
    for (const { field, list } of lists) {
      list.value = given[field];
      if (list.selectedIndex < 0) list.selectedIndex = 0;
      fields[field] = list.value;
    }
    const complete = inputs.every(({ field }) => fields[field]);
    const hadFocus = results.contains(document.activeElement);
    results.setAttribute("aria-busy", "true");
    try {
      const nodes = complete ? await show(await ask(question, fields), fields, spaces)
        : await hint(spaces, fields);
      if (mine === turn) results.replaceChildren(...nodes);
    } catch (error) {
      if (mine === turn) results.replaceChildren(failure(error.message));
    }
    if (mine !== turn) return;
    results.removeAttribute("aria-busy");
    if (hadFocus) results.focus();
  }

  return { name, node, update, focus: () => inputs[0].input.focus() };
}

function choiceList(name, { field, label, options }, onchange) {
  const list = el("select", { id: `${name}-${field}`, onchange },
    ...options.map(([value, title]) => el("option", { value }, String(title))));
  return { list, node: el("div", {}, el("label", { for: list.id }, label), list) };
}

/** A sentence about what went wrong. */
export function failure(text) {
  announce(text);
  return el("p", { class: "failure" }, text);
}

/** The answers of all spaces side by side; where one has an error, what is wrong, and what helps. */
export function panels(name, answers, fields, spaces, show) {
  return el("div", { class: "panels" }, ...answers.map((answer, i) => el(
    "section", { class: "panel", "aria-label": spaces[i].name },
    spaces.length > 1 && el("h2", {}, bdi(spaces[i].name)),
    ...(answer.error ? [wrong(name, answer, fields)] : show(answer, i)),
  )));
}

/** An error, with links to the same question about words that may have been meant. */
function wrong(name, { error, word, meant = [] }, fields) {
  const node = failure(`${error}.`);
  const whole = word && new RegExp(
    `(?<![^\\s,"+−-])${word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![^\\s,"])`);
  const instead = meant.map((other) => {
    const mended = Object.entries(typed(fields)).map(([field, value]) => [field,
      value === word ? other : value.replace(whole, () => quoted(other))]);
    return el("a", { href: address(name, { ...fields, ...Object.fromEntries(mended) }) }, bdi(other));
  });
  if (instead.length) node.append(" Did you mean ", ...joined(instead, " or "), "?");
  return node;
}

/** The words of a list that have no vector. */
export const without = (missing) => missing.length > 0 && el("p", { class: "failure" },
  "Without a vector here: ", ...joined(missing.map(bdi), ", "), ".");

/** Words with bars, each a link to its n neighbours; notes(word) is put behind a word. */
export function ranking(found, n, notes = () => null) {
  return el("ol", { class: "ranking" }, ...found.map(([word, score]) => {
    const bar = el("span", { class: "bar", "aria-hidden": "true" });
    bar.style.setProperty("--share", Math.max(0, score));
    return el("li", {}, el("a", { href: address("neighbours", { q: quoted(word), n }) }, bdi(word)),
      notes(word), bar, el("data", { value: score }, score.toFixed(3)));
  }));
}
