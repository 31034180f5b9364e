// Makes elements. Whatever comes from outside goes in as text, never as HTML.

/** An element with properties (`class` and `data-…` among them) and children, which are elements or text. */
export function make(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in element) element[key] = value;
    else element.setAttribute(key === "class" ? "class" : key, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** The element with that id. */
export const by = (id) => document.getElementById(id);

/** A moment as the visitor's clock shows it. */
export function moment(at) {
  const words = new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
  return make("time", { dateTime: at }, words);
}

/** POSTs JSON to the page's server; gives `[ok, answer]`. */
export async function post(path, body) {
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
  return [answer.ok, await answer.json()];
}
