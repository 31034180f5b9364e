// @ts-check
// What every button that calls the service has in common.

import { ApiError, explain, submit } from "./api.js";
import { byId } from "./dom.js";
import { render } from "./state.js";
import { t } from "./text.js";

/** @param {Button} button */
export function onPress({ id, message, inputs: inView, press }) {
	byId(id).onclick = async () => {
		// What follows belongs to these inputs, whatever comes into view meanwhile.
		const inputs = inView();
		if (!inputs || inputs.busy[id]) return;
		const report = (/** @type {string} */ text) => {
			inputs.messages[message] = text;
			render();
		};
		inputs.busy[id] = true;
		report("");
		try {
			const send = (/** @type {string} */ path, /** @type {object} */ body) => submit(path, body, inputs.keys, report);
			report((await press({ inputs, submit: send })) ?? "");
		} catch (error) {
			report(explain(error));
			if (error instanceof ApiError && error.status === 429) announceEnd(inputs, message, error.retrySeconds);
		} finally {
			inputs.busy[id] = false;
			render();
		}
	};
}

/** Says when a limit is over, unless something else was said meanwhile. @param {Inputs} inputs @param {string} message @param {number} seconds */
function announceEnd(inputs, message, seconds) {
	const said = inputs.messages[message];
	setTimeout(() => {
		if (inputs.messages[message] !== said) return;
		inputs.messages[message] = t("trouble.free");
		render();
	}, seconds * 1000);
}
