// @ts-check
// The page's elements. Text from outside reaches them as text alone.

/** @param {string} id */
export function byId(id) {
	const element = document.getElementById(id);
	if (!element) throw new Error(`the page has no #${id}`);
	return element;
}

/** @param {string} id */
export const field = (id) => /** @type {HTMLInputElement} */ (byId(id));

/** A live region speaks whenever it is written to, so the same text is not written again. @param {string} id @param {string} text */
export function setText(id, text) {
	if (byId(id).textContent !== text) byId(id).textContent = text;
}

/** @param {string} id @param {boolean} isShown */
export function show(id, isShown) {
	byId(id).hidden = !isShown;
}

/** Keeps what is equal, and with it the focus. @param {string} id @param {HTMLElement[]} fresh */
export function setChildren(id, fresh) {
	const parent = byId(id);
	fresh.forEach((element, at) => {
		const old = parent.children[at];
		if (!old) parent.append(element);
		else if (!old.isEqualNode(element)) old.replaceWith(element);
	});
	while (parent.children.length > fresh.length) parent.lastElementChild?.remove();
}

/** @param {string} tag @param {string} className @param {(Node | string)[]} children */
export function make(tag, className, ...children) {
	const element = document.createElement(tag);
	if (className) element.className = className;
	element.append(...children);
	return element;
}

/** @param {string} className @param {() => void} onclick @param {(Node | string)[]} children */
export const makeButton = (className, onclick, ...children) =>
	Object.assign(make("button", className, ...children), { onclick, type: "button" });

/** @param {string} href @param {string} text */
export const makeLink = (href, text) => Object.assign(make("a", "", text), { href, target: "_blank", rel: "noopener" });

/** @param {string | null | undefined} url */
export const isWebAddress = (url) => /^https?:\/\//.test(url ?? "");

/** Calls `action` once nothing has happened for `ms`. @param {() => void} action @param {number} ms */
export function debounced(action, ms) {
	let timer = 0;
	return () => {
		clearTimeout(timer);
		timer = setTimeout(action, ms);
	};
}

/** @param {number} ms */
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Reads 1,234 and 1.234 and 1 234 alike; NaN if it is no whole number. @param {string} text */
export function parseNumber(text) {
	const digits = text.trim().replace(/(?<=\d)[,.'’\s](?=\d{3}(?!\d))/g, "");
	return /^\d{1,9}$/.test(digits) ? Number(digits) : NaN;
}

/** @param {string} text */
export const isEmailAddress = (text) => /^[^\s@<>,;"]+@[^\s@]+\.[^\s@.]{2,}$/.test(text);

/** @param {(string | number | null | undefined | false)[]} parts */
export const join = (...parts) => parts.filter(Boolean).join(" · ");
