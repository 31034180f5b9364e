// @ts-check
// The page's elements. Text from outside reaches them as text alone.

export const $ = (id) => /** @type {PageElement} */ (document.getElementById(id));

/** Writes texts, shows and hides. */
export function set(page) {
	for (const [id, value] of Object.entries(page)) {
		if (typeof value === "boolean") $(id).hidden = !value;
		// A live region speaks whenever it is written to.
		else if ($(id).textContent !== value) $(id).textContent = value;
	}
}

/** Says what is wrong with a field; an empty text, that nothing is. */
export function mark(id, text) {
	$(id).ariaInvalid = String(text !== "");
	set({ [`${id}-problem`]: text });
}

// What is wrong with a field holds until it is changed.
addEventListener("input", ({ target }) => {
	const { id } = /** @type {Element} */ (target);
	if ($(`${id}-problem`)) mark(id, "");
});

/** @param {(Node | string)[]} children */
export function make(tag, className, ...children) {
	const element = Object.assign(document.createElement(tag), { className });
	element.append(...children);
	return element;
}

/** @param {(Node | string)[]} children */
export const makeButton = (className, onclick, ...children) =>
	Object.assign(make("button", className, ...children), { onclick, type: "button" });

export const makeLink = (href, text) => Object.assign(make("a", "", text), { href, target: "_blank", rel: "noopener" });

/** Calls `done` once the agent has paused. */
export function onTyped(id, done) {
	let timer = 0;
	$(id).addEventListener("input", () => {
		clearTimeout(timer);
		timer = setTimeout(done, 300);
	});
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Reads 1,234 and 1.234 and 1 234 alike. */
export function numberIn(id) {
	const digits = $(id).value.trim().replace(/(?<=\d)[,.'’\s](?=\d{3}(?!\d))/g, "");
	return /^\d{1,9}$/.test(digits) ? Number(digits) : NaN;
}

export const isAddress = (text) => /^[^\s@<>,;"]+@[^\s@]+\.[^\s@.]{2,}$/.test(text);

export const list = (...parts) => parts.filter(Boolean).join(" · ");
