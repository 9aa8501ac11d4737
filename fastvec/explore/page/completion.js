// A box for words that completes what is typed (the combobox of the ARIA practices).

import { ask, bdi, el, quoted } from "./dom.js";

const PATIENCE = 60; // milliseconds without a key until words are looked up
const MOST = 8; // words that are offered
let boxes = 0;

/** Where the word begins that is typed at the end of a text. */
function wordStart(text, kind) {
  if (kind === "word") return 0;
  if ((text.match(/(?<!\\)"/g) ?? []).length % 2) return text.lastIndexOf('"');
  const between = kind === "sum" ? /(?:^|\s)[-+−]\s*|^\s+/g : text.includes(",") ? /,\s*/g : /\s+/g;
  const ends = [...text.matchAll(between)].map((found) => found.index + found[0].length);
  return ends.at(-1) ?? 0;
}

/** A box for a "word", a "sum" of words or a "list" of them; choosing a word submits its form. */
export function wordBox({ kind, label, placeholder }) {
  const id = `box${++boxes}`;
  const list = el("ul", { id: `${id}-list`, role: "listbox", "aria-label": "Words", hidden: true });
  const input = el("input", {
    id, placeholder, type: "text", dir: "auto", role: "combobox", autocomplete: "off",
    autocapitalize: "none", spellcheck: "false", enterkeyhint: "search", "aria-expanded": "false",
    "aria-autocomplete": "list", "aria-controls": list.id,
    oninput: look, onkeydown: key, onblur: close,
  });
  const node = el("div", { class: `box ${kind}` }, el("label", { for: id }, label), input, list);
  let active = -1, asked = 0, words = [], timer;

  function look() {
    clearTimeout(timer);
    const turn = ++asked;
    timer = setTimeout(async () => {
      const text = input.value.slice(0, input.selectionStart), start = wordStart(text, kind);
      const found = await Promise.all([...new Set([0, start])].map((from) => complete(text, from)));
      if (turn === asked && document.activeElement === input) open(found.flat());
    }, PATIENCE);
  }

  /** Words that begin like the text from some place on, and the place. */
  async function complete(text, start) {
    const q = text.slice(start).replace(/^"(?=.)/, "");
    const words = q ? await ask("complete", { q }).catch(() => []) : [];
    return words.map((word) => ({ word, start }));
  }

  function open(found) {
    words = found.slice(0, MOST);
    list.replaceChildren(...words.map(({ word }, i) => el("li", {
      id: `${list.id}-${i}`, role: "option", "aria-selected": "false",
      onpointerdown: (event) => { event.preventDefault(); choose(words[i]); },
    }, bdi(word))));
    list.hidden = !words.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    mark(-1);
  }

  function close() {
    clearTimeout(timer);
    asked++;
    open([]);
  }

  function mark(position) {
    active = position;
    [...list.children].forEach((option, i) => {
      option.setAttribute("aria-selected", String(i === active));
      if (i === active) option.scrollIntoView({ block: "nearest" });
    });
    if (active < 0) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", list.children[active].id);
  }

  function choose({ word, start }) {
    const caret = input.selectionStart;
    const chosen = input.value.slice(0, start) + (kind === "word" ? word : quoted(word));
    input.value = chosen + input.value.slice(caret).replace(/^"/, "");
    input.setSelectionRange(chosen.length, chosen.length);
    close();
    input.form.requestSubmit();
  }

  function key(event) {
    const count = list.children.length;
    if (event.isComposing) return; // the keys are those of an input method
    if (event.key === "Enter" && active >= 0) {
      event.preventDefault();
      choose(words[active]);
    } else if (event.key === "Enter") {
      close();
    } else if (list.hidden) {
      if (event.key === "ArrowDown") look();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark(active < 0 && step < 0 ? count - 1 : (active + step + count) % count);
    } else if (event.key === "Escape") {
      event.preventDefault();
      close();
    }
  }

  return { node, input };
}
