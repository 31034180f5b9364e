// @ts-check
// A license's deliveries as they happen. `EventSource` cannot carry the session, so the stream is read by `fetch`.

import { Away, call } from "./api.js";
import { pause } from "./dom.js";

/** The waits before a broken stream is taken up again; the last one holds for all further tries. */
const WAITS_MS = [500, 2000, 5000, 15_000, 30_000];
/** A shift at the longest wait. */
const MAX_TRIES = 1000;

/**
 * Tells of every change until all deliveries have ended, or `signal` says stop.
 * @param {string} id @param {OnLicense} onChange @param {AbortSignal} signal
 */
export async function follow(id, onChange, signal) {
  for (let tries = 0, failures = 0; tries < MAX_TRIES && !signal.aborted; tries += 1, failures += 1) {
    try {
      for await (const license of licensesOf(await call(`licenses/${id}/progress`, { signal }))) {
        if (signal.aborted) return;
        failures = 0;
        onChange(license);
        if (license.deliveries.every(({ state }) => state !== "pending")) return;
      }
    } catch (error) {
      // A stream that breaks off is a TypeError.
      if (!signal.aborted && !(error instanceof Away || error instanceof TypeError)) throw error;
    }
    await pause(WAITS_MS[Math.min(failures, WAITS_MS.length - 1)]);
  }
}

/** The events named `license` of a stream (WHATWG HTML, server-sent events). @param {Response} answer @returns {AsyncGenerator<License>} */
async function* licensesOf(answer) {
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
    const events = (text + part.value).replaceAll("\r", "").split("\n\n");
    text = events.pop() ?? "";
    for (const event of events) {
      const data = [...event.matchAll(/^data:(.*)$/gm)].map(([, line]) => line).join("\n");
      if (/^event: ?license$/m.test(event)) yield JSON.parse(data);
    }
  }
}
