// The page: its views, the address that chooses between them, and the end.

import { announce, ask, bdi, el, typed } from "./dom.js";
import { failure, makeView } from "./view.js";
import { VIEWS } from "./views.js";

const main = document.getElementById("view");
const nav = document.getElementById("views");

/** What the address asks for: the name of a view, and its fields. */
function asked() {
  const [name, ...rest] = location.hash.slice(1).split("?");
  return [name, Object.fromEntries(new URLSearchParams(rest.join("?")))];
}

function show(views) {
  const [name, fields] = asked();
  const view = views.find((one) => one.name === name) ?? views[0];
  const changed = !view.node.isConnected;
  if (changed) main.replaceChildren(view.node);
  for (const link of nav.children) {
    if (link.hash !== `#${view.name}`) {
      link.removeAttribute("aria-current");
    } else {
      link.setAttribute("aria-current", "page");
      link.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
  }
  const { title } = VIEWS.find((one) => one.name === view.name);
  document.title = [Object.values(typed(fields)).join(" : "), title, "fastvec"].filter(Boolean).join(" – ");
  view.update(fields);
  if (changed) view.focus();
}

async function end() {
  await fetch("end", { method: "POST" }).catch(() => null);
  document.body.replaceChildren(el("main", { class: "ended" },
    el("h1", {}, "fastvec ", el("em", {}, "explore")), el("p", {}, "It has ended. You can close this page.")));
}

async function begin() {
  const spaces = await ask("spaces");
  document.getElementById("spaces").replaceChildren(...spaces.map(({ name, words, size }) =>
    el("li", {}, el("strong", {}, bdi(name)), ` ${words.toLocaleString("en")} words × ${size}`)));
  nav.replaceChildren(...VIEWS.map(({ name, title }) => el("a", { href: `#${name}` }, title)));
  const views = VIEWS.map((view) => makeView(view, spaces));
  addEventListener("hashchange", () => show(views));
  document.getElementById("end").addEventListener("click", end);
  show(views);
}

begin().catch((error) => {
  main.replaceChildren(failure(error.message));
  announce(error.message);
});
