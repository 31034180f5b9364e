// @ts-check
// What was typed, kept in this tab over the reload that a new session needs.

/** @param {number} ticketId @param {Draft} draft */
export function keep(ticketId, draft) {
  try {
    sessionStorage.setItem(`stopgap-${ticketId}`, JSON.stringify(draft));
  } catch {
    // A browser that keeps nothing for frames: what was typed still stands in the page.
  }
}

/** The draft of this ticket, once. @param {number} ticketId @returns {Draft | null} */
export function take(ticketId) {
  try {
    const draft = sessionStorage.getItem(`stopgap-${ticketId}`);
    sessionStorage.removeItem(`stopgap-${ticketId}`);
    return draft && JSON.parse(draft);
  } catch {
    return null;
  }
}
