// @ts-check
// The page's elements. Text from outside reaches them as text alone.

/**
 * The element with this id, of the type that its user needs.
 * @template {HTMLElement} T
 * @param {string} id
 * @param {{ new (): T }} type
 * @returns {T}
 */
export function find(id, type) {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`the page has no ${id}`);
  return element;
}

/** @param {string} id */
export const $ = (id) => find(id, HTMLElement);
/** @param {string} id */
export const input = (id) => find(id, HTMLInputElement);
/** @param {string} id */
export const area = (id) => find(id, HTMLTextAreaElement);

/**
 * @param {string} id
 * @param {boolean} visible
 */
export function show(id, visible = true) {
  $(id).hidden = !visible;
}

/**
 * @param {string} id
 * @param {string} text
 */
export function write(id, text) {
  // A live region speaks whenever it is written to, so the same text is not written twice.
  if ($(id).textContent !== text) $(id).textContent = text;
}

/**
 * @param {string} tag
 * @param {string} className
 * @param {...(Node | string)} children
 */
export function make(tag, className, ...children) {
  const element = document.createElement(tag);
  element.className = className;
  element.append(...children);
  return element;
}

/**
 * @param {string} className
 * @param {() => void} press
 * @param {...(Node | string)} children
 */
export function makeButton(className, press, ...children) {
  const element = /** @type {HTMLButtonElement} */ (make("button", className, ...children));
  element.type = "button";
  element.addEventListener("click", press);
  return element;
}

/**
 * Says what is wrong with a field, or, with an empty text, that nothing is.
 * @param {string} id
 * @param {string} problemId
 * @param {string} text
 */
export function mark(id, problemId, text) {
  $(id).setAttribute("aria-invalid", String(text !== ""));
  write(problemId, text);
}

/**
 * A button that is busy keeps the keyboard's focus, which `disabled` would lose.
 * @param {string} id
 * @param {boolean} off
 */
export function disable(id, off) {
  $(id).setAttribute("aria-disabled", String(off));
}

/** @param {string} id */
export const isDisabled = (id) => $(id).getAttribute("aria-disabled") === "true";

/**
 * @param {string} id
 * @param {() => void} press
 */
export function onPress(id, press) {
  $(id).addEventListener("click", () => {
    if (!isDisabled(id)) press();
  });
}

/** Reads 1,234 and 1.234 and 1 234 alike; nothing where it is no number. @param {string} text */
export function number(text) {
  const digits = text.trim().replace(/(?<=\d)[,.'’\s](?=\d{3}(?!\d))/g, "");
  return /^\d{1,9}$/.test(digits) ? Number(digits) : null;
}

/** The shape of an address; the service checks it in full. @param {string} text */
export const isAddress = (text) => /^[^\s@<>,;"]+@[^\s@]+\.[^\s@.]{2,}$/.test(text);
