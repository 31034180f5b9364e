// @ts-check
// Text into the ticket's comment, or, where that fails, to the clipboard, or, where that fails too, before the agent's eyes.

import { area, show } from "./dom.js";
import { insert } from "./host.js";

/**
 * @param {"publicReply" | "internalNote"} kind
 * @param {string} text
 * @param {number} ticketId
 * @returns {Promise<"inserted" | "instead" | "shown">}
 */
export async function put(kind, text, ticketId) {
  try {
    show("said-text", false);
    await insert(kind, text, ticketId);
    return "inserted";
  } catch {
    return copy(text) === "copied" ? "instead" : "shown";
  }
}

/**
 * The clipboard's own API needs a permission that frames may not have; what is selected may always be copied.
 * @param {string} text
 * @returns {"copied" | "shown"}
 */
export function copy(text) {
  const box = area("said-copy");
  const focused = document.activeElement;
  box.value = text;
  show("said-text");
  box.select();
  if (!document.execCommand("copy")) return "shown";
  show("said-text", false);
  if (focused instanceof HTMLElement) focused.focus();
  return "copied";
}
