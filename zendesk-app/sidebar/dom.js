// @ts-check
// The page's elements. Text from outside reaches them as text alone.

/** @param {string} id */
export const $ = (id) => /** @type {PageElement} */ (document.getElementById(id));

/** Writes texts, shows and hides, by id. @param {Record<string, string | boolean>} page */
export function set(page) {
  for (const [id, value] of Object.entries(page)) {
    if (typeof value === "boolean") $(id).hidden = !value;
    // A live region speaks whenever it is written to, so the same text is not written twice.
    else if ($(id).textContent !== value) $(id).textContent = value;
  }
}

/** Says beside a field what is wrong with it, or, with an empty text, that nothing is. @param {string} id @param {string} text */
export function mark(id, text) {
  $(id).ariaInvalid = String(text !== "");
  set({ [`${id}-problem`]: text });
}

/** @param {string} tag @param {string} className @param {...(Node | string)} children */
export function make(tag, className, ...children) {
  const element = document.createElement(tag);
  element.className = className;
  element.append(...children);
  return element;
}

/** @param {string} className @param {() => void} press @param {...(Node | string)} children */
export function makeButton(className, press, ...children) {
  const element = make("button", className, ...children);
  element.setAttribute("type", "button");
  element.addEventListener("click", press);
  return element;
}

/** Calls `done` once the agent has paused. @param {string} id @param {() => void} done */
export function onTyped(id, done) {
  let timer = 0;
  $(id).addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(done, 300);
  });
}

/** @param {number} ms @returns {Promise<void>} */
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Reads 1,234 and 1.234 and 1 234 alike; NaN where it is no number. @param {string} text */
export function number(text) {
  const digits = text.trim().replace(/(?<=\d)[,.'’\s](?=\d{3}(?!\d))/g, "");
  return /^\d{1,9}$/.test(digits) ? Number(digits) : NaN;
}

/** The shape of an address; the service checks it in full. @param {string} text */
export const isAddress = (text) => /^[^\s@<>,;"]+@[^\s@]+\.[^\s@.]{2,}$/.test(text);
