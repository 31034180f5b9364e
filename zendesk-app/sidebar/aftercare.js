// @ts-check
// What an agent can do when the mail did not arrive: another address, once more, by hand.

import { Away, Refusal, call, insist } from "./api.js";
import { $, disable, find, input, isAddress, mark, onPress, show, write } from "./dom.js";
import { t } from "./words.js";

/** @type {License} */
let license;
/** The request under way and its idempotency key. */
let pressed = { text: "", key: "" };
/** @type {(license: License) => void} */
let onSent = () => {};

/** @param {(license: License) => void} sent */
export function begin(sent) {
  onSent = sent;
  input("forward").addEventListener("input", () => mark("forward", "aftercare-problem", ""));
  input("forward").addEventListener("keydown", (event) => {
    if (event.key === "Enter") $("forward-go").click();
  });
  onPress("forward-go", () => {
    const email = input("forward").value.trim();
    if (isAddress(email)) {
      send("forward", "forward-go", { email });
      return;
    }
    mark("forward", "aftercare-problem", t("recipient.invalid"));
    input("forward").focus();
  });
  onPress("resend", () => send("resend", "resend", {}));
  onPress("download", download);
}

/** @param {License} latest @param {boolean} made */
export function render(latest, made) {
  const box = find("aftercare", HTMLDetailsElement);
  const isNew = latest.id !== license?.id || latest.state !== license.state;
  license = latest;
  const { state } = license;
  show("aftercare", made ? state !== "delivering" : true);
  for (const part of box.querySelectorAll(".field, .buttons, #download-hint")) /** @type {HTMLElement} */ (part).hidden = !made;
  box.className = state === "failed" ? "danger" : state === "late" ? "warning" : "";
  write("aftercare-title", t(!made ? "aftercare.unmade" : state === "delivered" || state === "delivering" ? "aftercare.title" : `aftercare.${state}`));
  write("resend", t("aftercare.resend", { email: license.customer.email }));
  show("download-hint", made && state !== "delivered");
  // What to do now is unfolded where something is to be done.
  if (isNew) box.open = made && (state === "failed" || state === "late");
}

/** @param {"forward" | "resend"} deed @param {string} id @param {object} body */
async function send(deed, id, body) {
  const text = `${license.id} ${deed} ${JSON.stringify(body)}`;
  if (text !== pressed.text) pressed = { text, key: crypto.randomUUID() };
  disable(id, true);
  write("aftercare-problem", "");
  write("aftercare-said", t("aftercare.sending"));
  try {
    const sent = await insist(`licenses/${license.id}/${deed}`, body, pressed.key, (wait) => write("aftercare-said", t("trouble.away", wait)));
    pressed = { text: "", key: "" };
    input("forward").value = "";
    onSent(sent);
  } catch (error) {
    explain(error);
  } finally {
    disable(id, false);
    write("aftercare-said", "");
  }
}

async function download() {
  try {
    const answer = await call(`licenses/${license.id}/file?reason=${encodeURIComponent(`mail ${license.state}`)}`);
    const name = /filename="?([^";]+)/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1] ?? "GitLab.gitlab-license";
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await answer.blob());
    link.download = name;
    link.click();
    URL.revokeObjectURL(link.href);
    write("aftercare-said", t("aftercare.downloaded"));
  } catch (error) {
    explain(error);
  }
}

/** @param {unknown} error */
function explain(error) {
  if (error instanceof Away) return write("aftercare-problem", t("trouble.gone"));
  if (!(error instanceof Refusal)) throw error;
  const details = error.problem.errors?.map(({ detail }) => detail).join("; ");
  write("aftercare-problem", `${t("trouble.other")} ${details || error.message}`);
}
