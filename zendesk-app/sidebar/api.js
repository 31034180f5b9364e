// @ts-check
// The service's API. The session lives in this module's memory alone.

import { pause } from "./dom.js";
import { page, t } from "./text.js";

const TIMEOUT_MS = 15_000;
/** The pauses before each further try while the service is away. */
const RETRY_SECONDS = [1, 2, 4, 8, 15];

let session = "";
let onSessionEnd = () => {};

/** @param {string} bearer @param {() => void} ended */
export function beginSession(bearer, ended) {
	session = bearer;
	onSessionEnd = ended;
}

/** The service refused a request, or did not answer: then there is no status. */
export class ApiError extends Error {
	/** @param {Response} [response] @param {Problem} [problem] */
	constructor(response, problem = {}) {
		super(problem.detail);
		this.problem = problem;
		this.status = response?.status;
		this.retrySeconds = Number(response?.headers.get("Retry-After")) || 60;
	}
}

/** @param {string} path @param {RequestOptions} [options] */
export async function call(path, options = {}) {
	const headers = { Authorization: `Bearer ${session}`, ...options.headers };
	const signal = options.signal ?? AbortSignal.timeout(TIMEOUT_MS);
	const response = await fetch(`../api/v1/${path}`, { ...options, headers, signal }).catch(() => {
		throw new ApiError();
	});
	if (response.ok) return response;
	/** @type {Problem} */
	const problem = await response.json().catch(() => ({}));
	if (response.status === 401) onSessionEnd();
	// Any other server error may pass by itself.
	const isFinal = response.status < 500 || ["sealing_failed", "provider_unavailable"].includes(problem.code ?? "");
	throw new ApiError(isFinal ? response : undefined, problem);
}

/** @param {string} path @param {AbortSignal} [signal] */
const getJson = async (path, signal) => (await call(path, { signal })).json();

/** @type {(id: string) => Promise<License>} */
export const getLicense = (id) => getJson(`licenses/${encodeURIComponent(id)}`);

/** @type {(query: URLSearchParams, signal?: AbortSignal) => Promise<LicensePage>} */
export const listLicenses = (query, signal) => getJson(`licenses?${query}`, signal);

/** @type {(evidence: Evidence) => Promise<EvidenceAnswer>} */
export const askAboutEvidence = (evidence) => post("evidence", evidence);

/** @type {(text: string) => Promise<Diagnosis>} */
export const diagnose = (text) => post("diagnosis", { text });

/** @type {(id: string, state: "open" | "done") => Promise<License>} */
export const setFollowUp = (id, state) => send("PUT", `licenses/${id}/follow-up`, { state });

/** @param {string} path @param {object} body @param {Record<string, string>} [headers] */
const post = (path, body, headers) => send("POST", path, body, headers);

/** @param {string} method @param {string} path @param {object} body @param {Record<string, string>} [headers] */
async function send(method, path, body, headers) {
	const response = await call(path, {
		method,
		headers: { "Content-Type": "application/json", ...headers },
		body: JSON.stringify(body),
	});
	return response.json();
}

/**
 * Posts under an idempotency key until the service answers. The key is kept in `keys` while the outcome is unknown.
 *
 * @param {string} path
 * @param {object} body
 * @param {Record<string, string>} keys
 * @param {(message: string) => void} report
 * @returns {Promise<License>}
 */
export async function submit(path, body, keys, report) {
	const request = await digest(path + JSON.stringify(body));
	keys[request] ??= crypto.randomUUID();
	for (let tries = 0; ; tries += 1) {
		try {
			const license = await post(path, body, { "Idempotency-Key": keys[request] });
			delete keys[request];
			return license;
		} catch (error) {
			const isAway = error instanceof ApiError && error.status === undefined;
			const seconds = RETRY_SECONDS[tries];
			if (isFinal(error)) delete keys[request];
			if (!isAway || !seconds) throw error;
			report(t("trouble.away", { seconds, attempt: tries + 2, of: RETRY_SECONDS.length + 1 }));
			await pause(seconds * 1000);
		}
	}
}

/** A request that was refused for its session or a limit may be repeated under its key. @param {unknown} error */
const isFinal = (error) =>
	error instanceof ApiError && error.status !== undefined && ![401, 429].includes(error.status);

/** Requests may hold a pasted license, so what is kept of them is a digest. @param {string} text */
async function digest(text) {
	const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
	return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The error in the page's language. Throws what is a fault of the page itself. @param {unknown} error */
export function explain(error) {
	if (!(error instanceof ApiError)) throw error;
	const { status, problem, retrySeconds } = error;
	if (status === 401) return "";
	if (problem.code === "limit_reached") return limitReached(retrySeconds);
	const name = `problem.${problem.code}`;
	// Only the operators know why.
	if (problem.code === "signer_unavailable" || problem.code === "provider_unavailable")
		return `${t(name)} ${t("trouble.says", { detail: problem.detail })}`;
	if (page.has(name)) return t(name);
	return t(status === undefined ? "trouble.gone" : "trouble.other");
}

/** @param {number} seconds */
export const limitReached = (seconds) =>
	t("trouble.limited", { time: page.time(Date.now() + seconds * 1000), n: Math.ceil(seconds / 60) });

/**
 * The refused fields in the page's language, by element id.
 *
 * @param {unknown} error
 * @param {Record<string, string>} ids of the form's elements, by the API's field, in the page's order
 * @param {string} [texts] where the texts are
 * @returns {Record<string, string> | null} `null` if some field is not in the form
 */
export function fieldProblems(error, ids, texts = "invalid") {
	if (!(error instanceof ApiError)) return null;
	const refused = (error.problem.errors ?? []).map((each) => each.field);
	if (refused.length === 0 || refused.some((name) => !(name in ids))) return null;
	const inOrder = Object.keys(ids).filter((name) => refused.includes(name));
	return Object.fromEntries(inOrder.map((name) => [ids[name], t(`${texts}.${name}`)]));
}
