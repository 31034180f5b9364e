// @ts-check
// What the page says, in the agent's language; dates in the agent's locale and time zone.

/** A further language is one more file in translations/ and its name here. */
const LANGUAGES = ["en", "de"];

/** @typedef {Record<string, unknown>} Texts */

/** The texts of one language, and dates as one reader writes them. */
class Words {
  /**
   * @param {Texts} texts
   * @param {string} locale
   * @param {string | undefined} zone
   */
  constructor(texts, locale, zone) {
    this.texts = texts;
    this.locale = locale;
    this.zone = zone;
  }

  /**
   * The text under a dotted name, with its {values} filled in; `n` also chooses between singular and plural.
   * @param {string} name
   * @param {Record<string, string | number>} values
   * @returns {string}
   */
  t(name, values = {}) {
    let text = /** @type {any} */ (name.split(".").reduce((part, key) => /** @type {any} */ (part)?.[key], this.texts));
    if (text && typeof text === "object") {
      text = text[new Intl.PluralRules(this.locale).select(Number(values.n))] ?? text.other;
    }
    return String(text ?? name).replace(/\{(\w+)\}/g, (_, key) => {
      const value = values[key] ?? "";
      return typeof value === "number" && key !== "id" ? value.toLocaleString(this.locale) : String(value);
    });
  }

  /**
   * A license's own date, which has no time zone; `back` is how many days before it.
   * @param {string} date
   * @param {number} back
   */
  day(date, back = 0) {
    const at = new Date(`${date}T00:00:00Z`);
    at.setUTCDate(at.getUTCDate() - back);
    return at.toLocaleDateString(this.locale, { timeZone: "UTC", weekday: "long", day: "numeric", month: "long", year: "numeric" });
  }

  /** A moment: the time, and the day too where it is not today. @param {string | number} at */
  moment(at) {
    const date = new Date(at);
    const time = date.toLocaleTimeString(this.locale, { timeZone: this.zone, hour: "2-digit", minute: "2-digit" });
    return this.date(date) === this.date(new Date()) ? time : `${this.date(date)}, ${time}`;
  }

  /** @param {string | Date} at */
  date(at) {
    return new Date(at).toLocaleDateString(this.locale, { timeZone: this.zone, day: "numeric", month: "short" });
  }
}

/** The agent's words. */
export let words = new Words({}, "en", undefined);

/** @type {typeof words.t} */
export const t = (name, values) => words.t(name, values);

/** @param {string} locale */
const languageOf = (locale) => LANGUAGES.find((language) => locale.toLowerCase().split("-")[0] === language) ?? "en";

/** @type {Map<string, Promise<Texts>>} */
const loaded = new Map();

/** @param {string} language */
function load(language) {
  const texts = loaded.get(language) ?? fetch(`assets/translations/${language}.json`).then(async (answer) => {
    if (!answer.ok) throw new Error(`no words in ${language}`);
    return (await answer.json()).sidebar;
  });
  loaded.set(language, texts);
  return texts;
}

/**
 * The words for someone who reads this locale.
 * @param {string} locale
 * @param {string} [zone]
 */
export async function wordsFor(locale, zone) {
  const language = languageOf(locale);
  // Dates in a language that the page does not speak would read as a mixture.
  const full = locale.toLowerCase().startsWith(language) && isKnown({ locale }) ? locale : language;
  return new Words(await load(language), full, zone && isKnown({ zone }) ? zone : undefined);
}

/** @param {{ locale?: string, zone?: string }} name */
function isKnown({ locale, zone }) {
  try {
    new Intl.DateTimeFormat(locale, { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/**
 * Makes these the page's words, and writes the texts that stand in the page from the beginning.
 * @param {string} locale
 * @param {string} [zone]
 */
export async function speak(locale, zone) {
  const before = words.texts;
  words = await wordsFor(locale, zone);
  if (words.texts === before) return;
  document.documentElement.lang = languageOf(locale);
  for (const element of document.querySelectorAll("[data-t]")) {
    element.textContent = t(element.getAttribute("data-t") ?? "");
  }
  for (const element of document.querySelectorAll("[data-t-label]")) {
    element.setAttribute("aria-label", t(element.getAttribute("data-t-label") ?? ""));
  }
}
