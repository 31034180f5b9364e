// @ts-check
// What the page says, in the agent's language; dates in the agent's locale and time zone.

// A further language is one more file in translations/ and its name here.
const LANGUAGES = ["en", "de"];
const DAY_MS = 86_400_000;

/** @type {(texts: any, locale: string, timeZone?: string) => Words} */
const speaker = (texts, locale, timeZone) => ({
	texts,
	locale,
	timeZone,
	t(name, values = {}) {
		let text = name.split(".").reduce((part, key) => part?.[key], texts) ?? name;
		if (text.other) text = text[new Intl.PluralRules(locale).select(values.n)] ?? text.other;
		return String(text).replace(/\{([\w.]+)\}/g, (_, key) => values[key]?.toLocaleString(locale) ?? this.t(key, values));
	},
	day: (date, daysBefore = 0) =>
		new Date(Date.parse(date) - daysBefore * DAY_MS).toLocaleDateString(locale, { timeZone: "UTC", dateStyle: "full" }),
	date: (at) => new Date(at).toLocaleDateString(locale, { timeZone, day: "numeric", month: "short" }),
	time(at) {
		const time = new Date(at).toLocaleTimeString(locale, { timeZone, timeStyle: "short" });
		return this.date(at) === this.date(Date.now()) ? time : `${this.date(at)}, ${time}`;
	},
});

export let words = speaker({}, "en");

/** @type {Words["t"]} */
export const t = (name, values) => words.t(name, values);

/** @type {Record<string, Promise<any>>} */
const loaded = {};

/** @type {Locally<Words>} */
export const wordsFor = async (locale, zone) => {
	const own = LANGUAGES.find((language) => locale.split("-")[0] === language);
	const language = own ?? "en";
	loaded[language] ??= fetch(`assets/translations/${language}.json`).then((answer) => answer.json());
	const { sidebar } = await loaded[language];
	// Dates in another language than the page would read mixed.
	return speaker(sidebar, own ? locale : language, zone);
};

/** Makes these the page's words. @type {Locally<void>} */
export const speak = async (locale, zone) => {
	const before = words.texts;
	words = await wordsFor(locale, zone);
	if (words.texts === before) return;
	document.documentElement.lang = words.locale;
	for (const element of document.querySelectorAll("[data-t]")) element.textContent = t(element.getAttribute("data-t") ?? "");
};
