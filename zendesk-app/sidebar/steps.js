// @ts-check
// The deliveries of a license as steps that move from waiting to done.

import { $, make, set } from "./dom.js";
import { issueUrl } from "./letter.js";
import { t, words } from "./words.js";

/** @param {License} license */
export function render(license) {
  const of = (/** @type {Delivery["channel"]} */ channel) => license.deliveries.filter((delivery) => delivery.channel === channel);
  const url = issueUrl(license);
  const steps = [
    ...of("email").map((mail) => step(mail, t("steps.email", { email: mail.recipient ?? license.customer.email }))),
    step(of("issue").at(-1), url ? link(url, t("steps.issue")) : t("steps.issue")),
    step(of("slack").at(-1), t("steps.slack")),
  ];
  // A step that did not change stays as it is, so that its link keeps the focus.
  const list = $("steps");
  while (list.children.length > steps.length) list.lastChild?.remove();
  steps.forEach((fresh, at) => {
    const old = list.children[at];
    if (!old) list.append(fresh);
    else if (!old.isEqualNode(fresh)) old.replaceWith(fresh);
  });
  const ended = steps.filter(({ className }) => className === "sent" || className === "failed");
  set({ status: ended.map(({ textContent }) => textContent).join(". ") });
}

/** @param {Delivery | undefined} delivery @param {string | Node} title */
function step(delivery, title) {
  const detail = delivery ? describe(delivery) : t("steps.waiting");
  return make("li", delivery?.state ?? "waiting", make("span", "mark"), make("span", "", title), " ", make("span", "detail", detail));
}

/** @param {Delivery} delivery */
function describe({ channel, state, last_error, next_attempt_at, sent_at, uncertain }) {
  const error = last_error ?? "?";
  if (state === "failed") return t("steps.failed", { error });
  if (state === "pending" && !last_error) return t("steps.pending");
  if (state === "pending") return t("steps.retry", { error, time: words.time(next_attempt_at ?? Date.now()) });
  return t(`steps.${channel}_sent`, { time: words.time(sent_at ?? Date.now()) }) + (uncertain ? ` ${t("steps.uncertain")}` : "");
}

/** @param {string} url @param {string} text */
function link(url, text) {
  return Object.assign(make("a", "", text), { href: url, target: "_blank", rel: "noopener" });
}
