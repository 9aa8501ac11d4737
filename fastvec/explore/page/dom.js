// Elements, addresses and questions: what all modules of the page need.

/** An element with attributes, listeners ("on...") and children. Strings become text, never HTML. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child != null && child !== false));
  return node;
}

/** A word in its own direction of writing, whatever stands around it. */
export const bdi = (word) => el("bdi", { dir: "auto" }, word);

/** Words with something between them. */
export const joined = (nodes, between) =>
  nodes.flatMap((node, i) => (i ? [between, node] : [node]));

/** The address of a view: what stands behind the # is all that is needed to see it again. */
export function address(view, fields) {
  const given = Object.entries(fields).filter(([, value]) => value != null);
  return `#${view}?${new URLSearchParams(given)}`;
}

/** The fields that are typed, without those that are chosen from a list. */
export const typed = ({ n, layout, ...words }) => words;

/** A word as a part of a sum or a list: in quotes where it would be taken for something else. */
export const quoted = (word) =>
  /^[-+−"]|[\s,]|["\\]$/.test(word) ? `"${word.replace(/["\\]/g, "\\$&")}"` : word;

/** Tells readers of the screen what has happened. */
export function announce(text) {
  document.getElementById("news").textContent = text;
}

/** The server's answer to a question. */
export async function ask(question, fields = {}) {
  let response;
  try {
    response = await fetch(`${question}?${new URLSearchParams(fields)}`);
  } catch {
    throw new Error("fastvec explore is not running any more: start it again in the terminal.");
  }
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}
