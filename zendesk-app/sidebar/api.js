// @ts-check
// The service's API, and what every press that calls it has in common. The session lives in this module's memory alone.

import { $, pause, set } from "./dom.js";
import { t } from "./words.js";

const ANSWER_MS = 15_000;
/** The waits before each further try at a service that is away. */
const WAITS_SECONDS = [1, 2, 4, 8, 15];
/** Of a stream: half a shift. */
const MAX_TRIES = 1000;

let session = "";
let onEnd = () => {};

export function begin(token, end) {
	session = token;
	onEnd = end;
}

/** The service said no; without an answer it is away. */
export class Refusal extends Error {
	/** @param {Response} [answer] @param {ProblemBody} [problem] */
	constructor(answer, problem = {}) {
		super(problem.detail);
		this.problem = problem;
		this.status = answer?.status;
		this.waitSeconds = Number(answer?.headers.get("Retry-After")) || 60;
	}
}

/** @type {Call} */
export const call = async (path, options) => {
	const headers = { Authorization: `Bearer ${session}`, ...options?.headers };
	const signal = options?.signal ?? AbortSignal.timeout(ANSWER_MS);
	const answer = await fetch(`../api/v1/${path}`, { ...options, headers, signal }).catch(() => {
		throw new Refusal();
	});
	if (answer.ok) return answer;
	const problem = await answer.json().catch(() => ({}));
	if (answer.status === 401) onEnd();
	throw answer.status >= 500 && !problem.license ? new Refusal() : new Refusal(answer, problem);
};

/** @type {Get} */
export const get = async (path, signal) => (await call(path, { signal })).json();

/** @type {Post} */
export const post = async (path, body, headers) =>
	(await call(path, { method: "POST", headers: { "Content-Type": "application/json", ...headers }, body: JSON.stringify(body) })).json();

/** `EventSource` cannot carry the session. @type {Follow} */
export const follow = async (id, onChange, signal) => {
	for (let tries = 0, failures = 0; tries < MAX_TRIES && !signal.aborted; tries += 1, failures += 1) {
		try {
			const { body } = await call(`licenses/${id}/progress`, { signal });
			const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
			let text = "";
			let part;
			while (!signal.aborted && (part = await reader?.read())?.value) {
				const events = (text + part.value).split("\n\n");
				text = events.pop() ?? "";
				for (const event of events) {
					if (!event.startsWith("event: license\ndata: ")) continue;
					/** @type {License} */
					const license = JSON.parse(event.slice(21));
					failures = 0;
					onChange(license);
					if (license.deliveries.every(({ state }) => state !== "pending")) return;
				}
			}
		} catch (error) {
			// A stream that breaks off is no refusal.
			if (error instanceof Refusal && error.status) throw error;
		}
		await pause(1000 * (WAITS_SECONDS[failures] ?? 15));
	}
};

/** Requests whose end is not known, with their idempotency keys. */
export const keys = new Map();

/** Its `data-trouble` names where to tell what came of it. @type {OnPress} */
export const onPress = (id, deed) => {
	const button = $(id);
	const trouble = button.dataset.trouble ?? "";
	button.onclick = async () => {
		// `disabled` would lose the keyboard's focus.
		if (button.ariaDisabled === "true") return;
		button.ariaDisabled = "true";
		set({ [trouble]: "" });
		try {
			const said = await deed((path, body) => insist(path, body, trouble));
			if (said) set({ [trouble]: said });
		} catch (error) {
			set({ [trouble]: explain(error) });
		}
		button.ariaDisabled = "false";
	};
};

async function insist(path, body, trouble) {
	const request = path + JSON.stringify(body);
	const key = keys.get(request) ?? crypto.randomUUID();
	keys.set(request, key);
	for (let tried = 0; ; tried += 1) {
		try {
			const made = await post(path, body, { "Idempotency-Key": key });
			set({ [trouble]: "" });
			keys.delete(request);
			return made;
		} catch (error) {
			const seconds = WAITS_SECONDS[tried];
			const status = error instanceof Refusal ? error.status : NaN;
			if (status && ![401, 429].includes(status)) keys.delete(request);
			if (status !== undefined || !seconds) throw error;
			set({ [trouble]: t("trouble.away", { seconds, attempt: tried + 2, of: WAITS_SECONDS.length + 1 }) });
			await pause(seconds * 1000);
		}
	}
}

/** The service's trouble in words; any other is the page's own fault. */
export function explain(error) {
	if (!(error instanceof Refusal)) throw error;
	const { status, problem, message } = error;
	if (!status) return t("trouble.gone");
	if (status === 401) return "";
	const fields = problem.errors?.map(({ field, detail }) => `${field} ${detail}`).join("; ");
	return `${t(status === 403 ? "trouble.forbidden" : "trouble.other")} ${fields || message}`;
}
