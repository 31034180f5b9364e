// @ts-check
// A license's deliveries as they happen. `EventSource` cannot carry the session, so the stream is read by `fetch`.

import { Away, call } from "./api.js";

/** The waits before a broken stream is taken up again; the last one holds for all further tries. */
const WAITS_MS = [500, 2000, 5000, 15_000, 30_000];
/** A shift at the longest wait. */
const MAX_TRIES = 1000;

/**
 * Tells of every change until all deliveries have ended or `signal` says stop.
 * @param {string} id
 * @param {(license: License) => void} onChange
 * @param {AbortSignal} signal
 */
export async function follow(id, onChange, signal) {
  let ended = false;
  let failures = 0;
  for (let tries = 0; tries < MAX_TRIES && !ended && !signal.aborted; tries += 1) {
    try {
      const answer = await call(`licenses/${id}/progress`, { signal });
      for await (const license of licensesOf(answer)) {
        if (signal.aborted) return;
        failures = 0;
        ended = license.deliveries.every((delivery) => delivery.state !== "pending");
        onChange(license);
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof Away || error instanceof TypeError)) throw error;
    }
    if (ended) return;
    await new Promise((resolve) => setTimeout(resolve, WAITS_MS[Math.min(failures, WAITS_MS.length - 1)]));
    failures += 1;
  }
}

/**
 * The events named `license` of a stream (WHATWG HTML, server-sent events).
 * @param {Response} answer
 * @returns {AsyncGenerator<License>}
 */
async function* licensesOf(answer) {
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const part = await reader?.read();
    if (!part || part.done) return;
    text += part.value.replaceAll("\r", "");
    const events = text.split("\n\n");
    text = events.pop() ?? "";
    for (const event of events) {
      const lines = event.split("\n");
      const data = lines.filter((line) => line.startsWith("data:")).map((line) => line.slice(5)).join("\n");
      if (lines.some((line) => /^event: ?license$/.test(line))) yield JSON.parse(data);
    }
  }
}
