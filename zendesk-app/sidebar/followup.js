// @ts-check
// What is left to do once the license is out, and the press that settles it.

import { setFollowUp } from "./api.js";
import { join, setText, show } from "./dom.js";
import { onPress } from "./press.js";
import { state } from "./state.js";
import { page, t } from "./text.js";

/** @param {(license: License) => void} update */
export function bindFollowUp(update) {
	for (const [id, wanted] of /** @type {const} */ ([
		["settle", "done"],
		["reopen", "open"],
	])) {
		onPress({
			id,
			message: "follow-up-problem",
			inputs: () => state.license?.inputs ?? null,
			async press() {
				if (state.license) update(await setFollowUp(state.license.license.id, wanted));
			},
		});
	}
}

/** @param {License} license */
export function renderFollowUp({ follow_up, state: progress }) {
	const isOpen = follow_up?.state === "open";
	const isDone = follow_up?.state === "done";
	show("settle", isOpen && progress !== "delivering");
	show("reopen", isDone);
	if (isOpen) {
		setText("follow-up", t(`follow_up.${follow_up.task}`, { day: page.shortDay(follow_up.due_on) }));
		setText("settle", t(`follow_up.settle.${follow_up.task}`));
	} else {
		setText("follow-up", isDone ? join(t("follow_up.done", { by: follow_up.by ?? "" }), follow_up.note) : "");
	}
}
