// @ts-check
// What an agent can do when the mail did not arrive: another address, once more, by hand.

import { call } from "./api.js";
import { $, isAddress, make, mark, set } from "./dom.js";
import { insist, onPress } from "./press.js";
import { t } from "./words.js";

/** @type {License | undefined} */
let license;

/** @param {OnLicense} onSent */
export function begin(onSent) {
  const send = async (/** @type {string} */ deed, /** @type {object} */ body) =>
    onSent(await insist(`licenses/${license?.id}/${deed}`, body, "forward-problem"));
  $("forward").addEventListener("input", () => mark("forward", ""));
  $("forward").addEventListener("keydown", ({ key }) => key === "Enter" && $("forward-go").click());
  onPress("forward-go", "forward-problem", async () => {
    const email = $("forward").value.trim();
    if (isAddress(email)) await send("forward", { email });
    else mark("forward", t("recipient.invalid"));
  });
  onPress("resend", "forward-problem", () => send("resend", {}));
  onPress("download", "forward-problem", download);
}

/** @param {License} latest @param {boolean} isSealed */
export function render(latest, isSealed) {
  const { id, state } = latest;
  const isNews = id !== license?.id || state !== license.state;
  license = latest;
  const missed = state === "failed" || state === "late";
  $("aftercare").className = { failed: "danger", late: "warning", delivered: "", delivering: "" }[state];
  set({
    aftercare: state !== "delivering",
    "aftercare-title": t(`aftercare.${isSealed ? state : "unsealed"}`),
    "aftercare-deeds": isSealed,
    "download-hint": missed,
  });
  // What to do now is unfolded where something is to be done.
  if (isNews) $("aftercare").open = missed;
}

async function download() {
  const answer = await call(`licenses/${license?.id}/file?reason=${encodeURIComponent(`mail ${license?.state}`)}`);
  const name = /filename="([^"]+)/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1] ?? "GitLab.gitlab-license";
  const href = URL.createObjectURL(await answer.blob());
  Object.assign(make("a", ""), { href, download: name }).click();
  URL.revokeObjectURL(href);
}
