// @ts-check
// What GitLab's message means when the customer got an error, and what to do about it.

import { Away, Refusal, post } from "./api.js";
import { put } from "./comment.js";
import { $, area, disable, make, makeButton, onPress, show, write } from "./dom.js";
import { useSeats } from "./evidence.js";
import { t } from "./words.js";

/** @param {() => number | undefined} ticketId @param {() => void} toForm */
export function begin(ticketId, toForm) {
  show("diagnosis");
  onPress("diagnosis-explain", async () => {
    const text = area("diagnosis-text").value.trim();
    if (!text) return area("diagnosis-text").focus();
    disable("diagnosis-explain", true);
    write("diagnosis-problem", "");
    try {
      /** @type {Finding[]} */
      const findings = (await post("diagnosis", { text })).findings;
      $("findings").replaceChildren(...findings.map((finding) => card(finding, ticketId, toForm)));
    } catch (error) {
      if (!(error instanceof Refusal || error instanceof Away)) throw error;
      write("diagnosis-problem", error.message || t("trouble.other"));
    } finally {
      disable("diagnosis-explain", false);
    }
  });
}

/** @param {Finding} finding @param {() => number | undefined} ticketId @param {() => void} toForm */
function card({ meaning, steps, seats, reply }, ticketId, toForm) {
  const said = make("p", "hint");
  const insert = makeButton("button", async () => {
    const outcome = await put("publicReply", reply, ticketId() ?? 0);
    said.textContent = t(`license.${outcome === "inserted" ? "replied" : outcome}`);
  }, t("diagnosis.insert"));
  const use = makeButton("button", () => {
    toForm();
    useSeats(Number(seats));
    $("seats").focus();
  }, t("diagnosis.use", { n: seats ?? 0 }));
  return make(
    "div",
    "finding",
    make("p", "strong", meaning),
    make("ol", "", ...steps.map((step) => make("li", "", step))),
    make("div", "buttons", ...(seats ? [use] : []), ...(reply ? [insert] : [])),
    said,
  );
}
