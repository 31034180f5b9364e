// @ts-check
// What the page says, in the agent's language; dates in the agent's locale and time zone.

/** A further language is one more file in translations/ and its name here. */
const LANGUAGES = ["en", "de"];

class Words {
  /** @param {any} texts @param {string} locale @param {string} [zone] */
  constructor(texts, locale, zone) {
    this.texts = texts;
    this.locale = locale;
    this.zone = zone;
  }

  /**
   * The text under a dotted name with its {values} filled in; `n` chooses between singular and plural.
   * @param {string} name @param {Record<string, string | number>} values @returns {string}
   */
  t(name, values = {}) {
    let text = name.split(".").reduce((part, key) => part?.[key], this.texts) ?? name;
    if (text.other) text = text[new Intl.PluralRules(this.locale).select(Number(values.n))] ?? text.other;
    return text.replace(/\{(\w+)\}/g, (/** @type {string} */ _, /** @type {string} */ key) => values[key].toLocaleString(this.locale));
  }

  /** A license's own date, which has no time zone. @param {string} date @param {number} [daysBefore] */
  day(date, daysBefore = 0) {
    const day = new Date(Date.parse(date) - daysBefore * 86_400_000);
    return day.toLocaleDateString(this.locale, { timeZone: "UTC", weekday: "long", day: "numeric", month: "long", year: "numeric" });
  }

  /** A moment's date. @param {string | number} at */
  date(at) {
    return new Date(at).toLocaleDateString(this.locale, { timeZone: this.zone, day: "numeric", month: "short" });
  }

  /** A moment's time, with the date where it is not today's. @param {string | number} at */
  time(at) {
    const time = new Date(at).toLocaleTimeString(this.locale, { timeZone: this.zone, hour: "numeric", minute: "2-digit" });
    return this.date(at) === this.date(Date.now()) ? time : `${this.date(at)}, ${time}`;
  }
}

/** The agent's words. */
export let words = new Words({}, "en");

/** @type {typeof words.t} */
export const t = (name, values) => words.t(name, values);

/** @type {Record<string, Promise<any>>} */
const loaded = {};

/** The words for someone who reads this locale. @param {string} locale @param {string} [zone] */
export async function wordsFor(locale, zone) {
  const own = LANGUAGES.find((language) => locale.split("-")[0] === language);
  const language = own ?? "en";
  loaded[language] ??= fetch(`assets/translations/${language}.json`).then((answer) => answer.json());
  const { sidebar } = await loaded[language];
  try {
    // Dates in a language that the page does not speak would read as a mixture.
    new Date().toLocaleDateString(own && locale, { timeZone: zone });
    return new Words(sidebar, own ? locale : language, zone);
  } catch {
    return new Words(sidebar, language);
  }
}

/** Makes these the page's words, in the texts too that stand in it from the beginning. @param {string} locale @param {string} [zone] */
export async function speak(locale, zone) {
  const before = words.texts;
  words = await wordsFor(locale, zone);
  if (words.texts === before) return;
  document.documentElement.lang = words.locale;
  for (const element of document.querySelectorAll("[data-t]")) element.textContent = t(element.getAttribute("data-t") ?? "");
}
