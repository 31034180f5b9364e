// @ts-check
// What GitLab's message means when the customer got an error, and what to do about it.

import { post } from "./api.js";
import { put } from "./comment.js";
import { $, make, makeButton, set } from "./dom.js";
import { useSeats } from "./evidence.js";
import { onPress } from "./press.js";
import { t } from "./words.js";

/** @param {() => void} toForm */
export function begin(toForm) {
  set({ diagnosis: true });
  onPress("explain", "findings-problem", async () => {
    const text = $("error-text").value.trim();
    if (!text) return $("error-text").focus();
    /** @type {{ findings: Finding[] }} */
    const { findings } = await post("diagnosis", { text });
    $("findings").replaceChildren(...findings.map((finding) => card(finding, toForm)));
  });
}

/** @param {Finding} finding @param {() => void} toForm */
function card({ meaning, steps, seats, reply }, toForm) {
  const use = (/** @type {number} */ number) => () => {
    toForm();
    useSeats(number);
  };
  const insert = async () => set({ "findings-said": await put("publicReply", reply) });
  const buttons = make("div", "buttons", makeButton("button", insert, t("license.reply")));
  if (seats) buttons.prepend(makeButton("button", use(seats), t("evidence.use", { n: seats })));
  const list = make("ol", "", ...steps.map((step) => make("li", "", step)));
  return make("div", "card", make("p", "strong", meaning), list, buttons);
}
