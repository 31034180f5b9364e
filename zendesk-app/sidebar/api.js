// @ts-check
// The service's API. The session lives in this module's memory alone.

const ANSWER_MS = 15_000;
/** The waits before each further try at a service that is away. */
const WAITS_MS = [1000, 2000, 4000, 8000, 15_000];

let session = "";
/** What to do once the session has ended. */
let onEnd = () => {};

/** @param {string} token @param {() => void} end */
export function begin(token, end) {
  session = token;
  onEnd = end;
}

/** The service said no, and why. */
export class Refusal extends Error {
  /**
   * @param {number} status
   * @param {ProblemBody} problem
   * @param {number} waitSeconds
   */
  constructor(status, problem, waitSeconds) {
    super(problem.detail ?? problem.title ?? "");
    this.status = status;
    this.problem = problem;
    this.waitSeconds = waitSeconds;
  }
}

/** The service did not answer, or is in no state to. */
export class Away extends Error {}

/**
 * @param {string} path below /api/v1/
 * @param {RequestInit} options
 * @returns {Promise<Response>}
 */
export async function call(path, options = {}) {
  const headers = { Authorization: `Bearer ${session}`, ...options.headers };
  let answer;
  try {
    answer = await fetch(`../api/v1/${path}`, { signal: AbortSignal.timeout(ANSWER_MS), ...options, headers });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new Away();
  }
  if (answer.ok) return answer;
  /** @type {ProblemBody} */
  const problem = await answer.json().catch(() => ({}));
  if (answer.status >= 500 && !problem.license) throw new Away();
  if (answer.status === 401) onEnd();
  throw new Refusal(answer.status, problem, Number(answer.headers.get("Retry-After")) || 60);
}

/**
 * @param {string} path
 * @returns {Promise<any>}
 */
export async function get(path) {
  return (await call(path)).json();
}

/**
 * @param {string} path
 * @param {unknown} body
 * @param {string} [key] the idempotency key, where something is made
 * @returns {Promise<any>}
 */
export async function post(path, body, key) {
  /** @type {Record<string, string>} */
  const headers = { "Content-Type": "application/json", ...(key && { "Idempotency-Key": key }) };
  return (await call(path, { method: "POST", headers, body: JSON.stringify(body) })).json();
}

/**
 * Posts until the service answers, under one idempotency key, so that nothing is made twice.
 * @param {string} path
 * @param {unknown} body
 * @param {string} key
 * @param {(wait: { seconds: number, attempt: number, of: number }) => void} onWait
 * @returns {Promise<any>}
 */
export async function insist(path, body, key, onWait) {
  for (let tried = 0; ; tried += 1) {
    try {
      return await post(path, body, key);
    } catch (error) {
      if (!(error instanceof Away) || tried === WAITS_MS.length) throw error;
      onWait({ seconds: WAITS_MS[tried] / 1000, attempt: tried + 2, of: WAITS_MS.length + 1 });
      await new Promise((resolve) => setTimeout(resolve, WAITS_MS[tried]));
    }
  }
}
