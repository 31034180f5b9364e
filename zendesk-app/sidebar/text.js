// @ts-check
// What the page says, in the agent's language; dates in the agent's locale and time zone.

// A further language is one more file in translations/ and its name here.
const LANGUAGES = ["en", "de"];
const DAY_MS = 86_400_000;

/** @type {(texts: TextTree, locale: string, timeZone?: string) => Translator} */
const translator = (texts, locale, timeZone) => ({
	texts,
	locale,
	timeZone,
	has: (name) => find(texts, name) !== undefined,
	t(name, values = {}) {
		let text = find(texts, name) ?? name;
		if (typeof text !== "string") {
			text = text[new Intl.PluralRules(locale).select(Number(values.n))] ?? text.other ?? name;
		}
		const fill = (/** @type {string} */ _, /** @type {string} */ key) =>
			key in values ? (values[key]?.toLocaleString(locale) ?? "") : this.t(key, values);
		return String(text).replace(/\{([\w.]+)\}/g, fill);
	},
	day: (date, daysBefore = 0) =>
		dayBefore(date, daysBefore).toLocaleDateString(locale, { timeZone: "UTC", dateStyle: "full" }),
	mediumDay: (date) =>
		unbroken(dayBefore(date, 0).toLocaleDateString(locale, { timeZone: "UTC", dateStyle: "medium" })),
	shortDay: (date, daysBefore = 0) =>
		unbroken(
			dayBefore(date, daysBefore).toLocaleDateString(locale, {
				timeZone: "UTC",
				weekday: "short",
				day: "numeric",
				month: "short",
			}),
		),
	date: (at) => unbroken(new Date(at).toLocaleDateString(locale, { timeZone, day: "numeric", month: "short" })),
	time(at) {
		const time = new Date(at).toLocaleTimeString(locale, { timeZone, timeStyle: "short" });
		return unbroken(this.date(at) === this.date(Date.now()) ? time : `${this.date(at)}, ${time}`);
	},
});

/** Does not wrap inside. @param {string} date */
const unbroken = (date) => date.replace(/\s/gu, "\u00a0");

/** @param {TextTree} texts @param {string} name @returns {TextTree | undefined} */
function find(texts, name) {
	/** @type {TextTree | undefined} */
	let found = texts;
	for (const part of name.split(".")) {
		if (typeof found !== "object" || !Object.hasOwn(found, part)) return undefined;
		found = found[part];
	}
	return found;
}

/** @param {string} date @param {number} days */
const dayBefore = (date, days) => new Date(Date.parse(date) - days * DAY_MS);

/** The page's own language. */
export let page = translator({}, "en");

/** @type {Translator["t"]} */
export const t = (name, values) => page.t(name, values);

/** @type {Record<string, Promise<TextTree>>} */
const loaded = {};

/** @param {string} locale @param {string} [timeZone] */
export async function translatorFor(locale, timeZone) {
	const own = LANGUAGES.find((language) => locale.split("-")[0] === language);
	const language = own ?? "en";
	loaded[language] ??= fetch(`assets/translations/${language}.json`)
		.then((response) => response.json())
		.then(({ sidebar }) => sidebar);
	// Dates in another language than the page's texts would read mixed.
	return translator(await loaded[language], own ? locale : language, timeZone);
}

/** Sets the language of the page. @param {string} locale @param {string} [timeZone] */
export async function setLanguage(locale, timeZone) {
	const before = page.texts;
	page = await translatorFor(locale, timeZone);
	if (page.texts === before) return;
	document.documentElement.lang = page.locale;
	for (const element of document.querySelectorAll("[data-t]")) {
		element.textContent = t(element.getAttribute("data-t") ?? "");
	}
}
