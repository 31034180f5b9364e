// @ts-check
// Text into the ticket's comment; where that fails to the clipboard; where that fails too, before the agent's eyes.

import { $, set } from "./dom.js";
import { insert } from "./host.js";
import { t } from "./words.js";

/** Says what became of it. @param {CommentKind} kind @param {string} text */
export async function put(kind, text) {
  try {
    await insert(kind, text);
    return t(`comment.${kind}`);
  } catch {
    return copy(text, "comment.instead");
  }
}

/**
 * The clipboard's own API needs a permission that frames may not have; what is selected may always be copied.
 * @param {string} text @param {string} done
 */
export function copy(text, done = "comment.copied") {
  const focused = /** @type {HTMLElement | null} */ (document.activeElement);
  $("copy-text").value = text;
  set({ "copy-box": true });
  $("copy-text").select();
  if (!document.execCommand("copy")) return t("comment.shown");
  set({ "copy-box": false });
  focused?.focus();
  return t(done);
}
