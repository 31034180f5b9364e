// @ts-check
// Follows a license until its deliveries have ended: by a stream, and by polling while there is none.

import { ApiError, call, getLicense } from "./api.js";
import { pause } from "./dom.js";
import { keepLicense, render } from "./state.js";

const RETRY_SECONDS = [1, 2, 4, 8, 15];
/** While polling works. */
const POLL_SECONDS = 3;
const STALE_AFTER_MS = 5000;
/** The service sends something every 15 s. */
const SILENCE_MS = 20_000;
/** More than a shift. */
const MAX_CONNECTIONS = 10_000;
const EVENT = "event: license\ndata: ";

/** @param {License} license */
export const isFinished = ({ deliveries }) => deliveries.every(({ state }) => state !== "pending");

/**
 * @param {LicenseState} known
 * @param {AbortSignal} signal
 * @param {(known: LicenseState) => void} onNews
 */
export async function follow(known, signal, onNews) {
	for (let connections = 0, failures = 0; connections < MAX_CONNECTIONS; connections += 1) {
		const before = known.license;
		try {
			await readStream(known, signal, onNews);
		} catch (error) {
			if (isRefused(error)) return;
		}
		if (signal.aborted || isFinished(known.license)) return;
		markLost(known);
		if (known.license !== before || (await poll(known, onNews))) failures = 0;
		else failures += 1;
		if (signal.aborted || isFinished(known.license)) return;
		await pause(1000 * (failures ? (RETRY_SECONDS[failures] ?? 15) : POLL_SECONDS));
		if (signal.aborted) return;
	}
}

/** The session has ended, or the license is gone. @param {unknown} error */
const isRefused = (error) => error instanceof ApiError && error.status !== undefined && error.status !== 429;

/** `EventSource` cannot carry the session. @param {LicenseState} known @param {AbortSignal} signal @param {(known: LicenseState) => void} onNews */
async function readStream(known, signal, onNews) {
	const silence = new AbortController();
	let timer = setTimeout(() => silence.abort(), SILENCE_MS);
	try {
		const { body } = await call(`licenses/${known.license.id}/progress`, {
			signal: AbortSignal.any([signal, silence.signal]),
		});
		const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
		let text = "";
		for (let part = await reader?.read(); part?.value && !signal.aborted; part = await reader?.read()) {
			clearTimeout(timer);
			timer = setTimeout(() => silence.abort(), SILENCE_MS);
			const events = (text + part.value).split("\n\n");
			text = events.pop() ?? "";
			for (const event of events.filter((each) => each.startsWith(EVENT))) {
				takeNews(known, JSON.parse(event.slice(EVENT.length)), onNews);
			}
		}
	} finally {
		clearTimeout(timer);
	}
}

/** @param {LicenseState} known @param {(known: LicenseState) => void} onNews */
async function poll(known, onNews) {
	try {
		takeNews(known, await getLicense(known.license.id), onNews);
		return true;
	} catch (error) {
		if (error instanceof ApiError) return false;
		throw error;
	}
}

/** @param {LicenseState} known @param {License} license @param {(known: LicenseState) => void} onNews */
function takeNews(known, license, onNews) {
	known.lostAt = null;
	known.isStale = false;
	keepLicense(license);
	render();
	onNews(known);
}

/** @param {LicenseState} known */
function markLost(known) {
	if (known.lostAt) return;
	const at = Date.now();
	known.lostAt = at;
	setTimeout(() => {
		if (known.lostAt !== at) return;
		known.isStale = true;
		render();
	}, STALE_AFTER_MS);
}
