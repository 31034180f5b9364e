// @ts-check
// The three deliveries of a license as steps that move from waiting to done.

import { $, make, write } from "./dom.js";
import { issueUrl } from "./letter.js";
import { t, words } from "./words.js";

/** @param {License} license */
export function render(license) {
  const of = (/** @type {Delivery["channel"]} */ channel) => license.deliveries.filter((delivery) => delivery.channel === channel);
  const mails = of("email");
  const url = issueUrl(license);
  const steps = [
    ...(mails.length ? mails : [undefined]).map((mail) => step("email", mail, t("steps.email", { email: mail?.recipient || license.customer.email }))),
    step("issue", of("issue").at(-1), url ? issueLink(url) : t("steps.issue")),
    step("slack", of("slack").at(-1), t("steps.slack")),
  ];
  // A step that did not change stays as it is, so that its link keeps the focus.
  const list = $("steps");
  steps.forEach((fresh, at) => {
    const old = list.children[at];
    if (!old) list.append(fresh);
    else if (!old.isEqualNode(fresh)) old.replaceWith(fresh);
  });
  while (list.children.length > steps.length) list.lastChild?.remove();
  const settled = steps.filter(({ className }) => className === "sent" || className === "failed");
  write("status", settled.map(({ textContent }) => textContent).join(". "));
}

/**
 * @param {Delivery["channel"]} channel
 * @param {Delivery | undefined} delivery
 * @param {string | Node} title
 */
function step(channel, delivery, title) {
  const mark = make("span", "mark");
  mark.setAttribute("aria-hidden", "true");
  const detail = delivery ? describe(channel, delivery) : t(channel === "email" ? "steps.never" : "steps.waiting");
  return make("li", delivery?.state ?? "waiting", mark, make("span", "title", title), " ", make("span", "detail", detail));
}

/** @param {Delivery["channel"]} channel @param {Delivery} delivery */
function describe(channel, { state, last_error, next_attempt_at, sent_at, uncertain }) {
  const error = last_error || t("steps.no_reason");
  if (state === "failed") return t("steps.failed", { error });
  if (state === "sent") {
    const sent = t(`steps.${channel}_sent`, { time: words.moment(sent_at ?? Date.now()) });
    return uncertain ? `${sent}. ${t("steps.uncertain")}` : sent;
  }
  if (!last_error) return t("steps.pending");
  return [t("steps.retry", { error }), next_attempt_at && t("steps.next", { time: words.moment(next_attempt_at) })].filter(Boolean).join(" ");
}

/** @param {string} url */
function issueLink(url) {
  const link = /** @type {HTMLAnchorElement} */ (make("a", "", t("steps.issue")));
  link.href = url;
  link.target = "_blank";
  link.rel = "noopener";
  return link;
}
