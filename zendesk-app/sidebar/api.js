// @ts-check
// The service's API. The session lives in this module's memory alone.

const ANSWER_MS = 15_000;

let session = "";
let onEnd = () => {};

/** @param {string} token @param {() => void} end what to do once the session has ended */
export function begin(token, end) {
  session = token;
  onEnd = end;
}

/** The service said no, and why. */
export class Refusal extends Error {
  /** @param {Response} answer @param {ProblemBody} problem */
  constructor(answer, problem) {
    super(problem.detail ?? problem.title ?? answer.statusText);
    this.status = answer.status;
    this.problem = problem;
    this.waitSeconds = Number(answer.headers.get("Retry-After")) || 60;
  }
}

/** The service did not answer, or is in no state to. */
export class Away extends Error {}

/** @param {string} path below /api/v1/ @param {RequestInit} [options] */
export async function call(path, options) {
  const headers = { Authorization: `Bearer ${session}`, ...options?.headers };
  const signal = options?.signal ?? AbortSignal.timeout(ANSWER_MS);
  const answer = await fetch(`../api/v1/${path}`, { ...options, headers, signal }).catch(() => {
    throw new Away();
  });
  if (answer.ok) return answer;
  /** @type {ProblemBody} */
  const problem = await answer.json().catch(() => ({}));
  if (answer.status >= 500 && !problem.license) throw new Away();
  if (answer.status === 401) onEnd();
  throw new Refusal(answer, problem);
}

/** @param {string} path @returns {Promise<any>} */
export const get = async (path) => (await call(path)).json();

/** @param {string} path @param {unknown} body @param {Record<string, string>} [headers] @returns {Promise<any>} */
export async function post(path, body, headers) {
  const json = { "Content-Type": "application/json", ...headers };
  return (await call(path, { method: "POST", headers: json, body: JSON.stringify(body) })).json();
}
