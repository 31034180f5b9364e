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

/** Says what is wrong with a field; an empty text, that nothing is. @type {Mark} */
export const mark = (id, text) => {
	$(id).ariaInvalid = String(text !== "");
	set({ [`${id}-problem`]: text });
};

/** Marks a field that is wrong, and goes there. @type {Demand} */
export const demand = (id, isRight, text) => {
	mark(id, isRight ? "" : text);
	if (!isRight) $(id).focus();
	return Boolean(isRight);
};

// What is wrong with a field holds until it is changed.
addEventListener("input", ({ target }) => {
	const { id } = /** @type {Element} */ (target);
	if ($(`${id}-problem`)) mark(id, "");
});

/** Fills in a field as if it were typed. @type {Mark} */
export const fill = (id, text) => {
	$(id).value = text;
	$(id).dispatchEvent(new Event("input", { bubbles: true }));
};

/** @type {Make} */
export const make = (tag, className, ...children) => {
	const element = Object.assign(document.createElement(tag), { className });
	element.append(...children);
	return element;
};

/** @type {MakeButton} */
export const makeButton = (className, onclick, ...children) =>
	Object.assign(make("button", className, ...children), { onclick, type: "button" });

export const makeLink = (href, text) => Object.assign(make("a", "", text), { href, target: "_blank", rel: "noopener" });

/** Calls `done` once what happened is over. */
export function afterwards(done, ms) {
	let timer = 0;
	return () => {
		clearTimeout(timer);
		timer = setTimeout(done, ms);
	};
}

export const onTyped = (id, done) => $(id).addEventListener("input", afterwards(done, 300));

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Reads 1,234 and 1.234 and 1 234 alike. */
export function numberIn(id) {
	const digits = $(id).value.trim().replace(/(?<=\d)[,.'’\s](?=\d{3}(?!\d))/g, "");
	return /^\d{1,9}$/.test(digits) ? Number(digits) : NaN;
}

export const isAddress = (text) => /^[^\s@<>,;"]+@[^\s@]+\.[^\s@.]{2,}$/.test(text);

export const list = (...parts) => parts.filter(Boolean).join(" · ");
