// @ts-check
// What every press has in common: busy while under way, its trouble told in one place, nothing made twice.

import { Away, Refusal, post } from "./api.js";
import { $, pause, set } from "./dom.js";
import { t } from "./words.js";

/** The waits before each further try at a service that is away. */
const WAITS_SECONDS = [1, 2, 4, 8, 15];

/** Requests whose end is not known, and their idempotency keys: the same request again makes the same thing. */
export const keys = new Map();

/** @param {string} id @param {string} trouble where to tell what went wrong @param {() => unknown} deed */
export function onPress(id, trouble, deed) {
  const button = $(id);
  button.addEventListener("click", async () => {
    // `disabled` would lose the keyboard's focus.
    if (button.ariaDisabled === "true") return;
    button.ariaDisabled = "true";
    set({ [trouble]: "" });
    try {
      await deed();
    } catch (error) {
      set({ [trouble]: explain(error) });
    }
    button.ariaDisabled = "false";
  });
}

/** Posts until the service answers. @param {string} path @param {object} body @param {string} trouble @returns {Promise<any>} */
export async function insist(path, body, trouble) {
  const request = path + JSON.stringify(body);
  const key = keys.get(request) ?? crypto.randomUUID();
  keys.set(request, key);
  for (let tried = 0; ; tried += 1) {
    try {
      const made = await post(path, body, { "Idempotency-Key": key });
      set({ [trouble]: "" });
      keys.delete(request);
      return made;
    } catch (error) {
      if (error instanceof Refusal && ![401, 429].includes(error.status)) keys.delete(request);
      if (!(error instanceof Away) || tried === WAITS_SECONDS.length) throw error;
      set({ [trouble]: t("trouble.away", { seconds: WAITS_SECONDS[tried], attempt: tried + 2, of: WAITS_SECONDS.length + 1 }) });
      await pause(WAITS_SECONDS[tried] * 1000);
    }
  }
}

/** The service's trouble in words; what else goes wrong is the page's own fault and is thrown on. @param {unknown} error */
export function explain(error) {
  if (error instanceof Away) return t("trouble.gone");
  if (!(error instanceof Refusal)) throw error;
  // The end of the session is told at the top of the page.
  if (error.status === 401) return "";
  const fields = error.problem.errors?.map(({ field, detail }) => `${field} ${detail}`).join("; ");
  return `${t(error.status === 403 ? "trouble.forbidden" : "trouble.other")} ${fields || error.message}`;
}
