/** The calls to the sandbox server. A refusal becomes a SandboxError with the server's sentence. */

export class SandboxError extends Error {
  constructor(sentence, status) {
    super(sentence);
    this.status = status;
  }
}

/** GET a JSON answer. */
export function get(path, query = {}) {
  const search = new URLSearchParams(query).toString();
  return call(search ? `${path}?${search}` : path, { headers: { Accept: "application/json" } });
}

/** POST JSON, get a JSON answer. */
export function post(path, body) {
  return call(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(body),
  });
}

async function call(path, options) {
  const response = await fetch(path, { cache: "no-store", ...options }).catch(() => {
    throw new SandboxError("The sandbox does not answer. Is it still running?", 0);
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new SandboxError(answer.error || `The sandbox answered ${path} with status ${response.status}.`, response.status);
  }
  return answer;
}
