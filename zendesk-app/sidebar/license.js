// @ts-check
// One license after the press: its deliveries live, its last day, and what to say about it.

import * as aftercare from "./aftercare.js";
import { copy, put } from "./comment.js";
import { $, set } from "./dom.js";
import { addTag, ticket } from "./host.js";
import { note, reply } from "./letter.js";
import { explain, onPress } from "./press.js";
import { follow } from "./progress.js";
import * as steps from "./steps.js";
import { t, words } from "./words.js";

/** @type {License} */
let license;
let following = new AbortController();

/** @param {() => void} back */
export function begin(back) {
  onPress("reply", "said", async () => set({ said: await put("publicReply", await text()) }));
  onPress("note", "said", async () => set({ said: await put("internalNote", await note(license)) }));
  onPress("copy", "said", async () => set({ said: copy(await text()) }));
  $("back").addEventListener("click", () => {
    following.abort();
    back();
  });
  aftercare.begin(open);
}

/** Shows a license that was just generated, and marks its ticket. @param {License} made */
export function openNew(made) {
  open(made);
  addTag("emergency-license").catch(() => set({ untagged: true }));
}

/** @param {License} known */
export function open(known) {
  following.abort();
  following = new AbortController();
  $("steps").replaceChildren();
  render(known);
  set({ form: false, license: true, said: "", "copy-box": false, untagged: false });
  $("license-title").focus();
  follow(known.id, render, following.signal).catch((error) => set({ said: explain(error) }));
}

/** @param {License} latest */
function render(latest) {
  license = latest;
  const { customer, seats, deliveries, expires_on, state, days_left } = license;
  const isSealed = deliveries.some(({ channel }) => channel === "email");
  steps.render(license);
  aftercare.render(license, isSealed);
  set({
    "license-title": isSealed ? t("license.title", { n: seats }) : t("license.unsealed"),
    "license-to": [customer.name, customer.company, customer.email].filter(Boolean).join(" · "),
    "license-last": t("license.last_day", { day: words.day(expires_on, 1) }),
    "license-ends": t(days_left > 0 ? "license.ends" : "license.ended"),
    term: isSealed,
    reply: isSealed,
    copy: isSealed,
    say: state !== "delivering",
  });
  $("reply").classList.toggle("primary", state === "delivered");
}

const text = () => reply(license, ticket?.locale ?? "en");
