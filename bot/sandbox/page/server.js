/** The calls to the sandbox server. A refusal becomes a SandboxError with the server's sentence. */

const GONE = "The sandbox does not answer. Is it still running?";

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

/** POST JSON that may be big; `onProgress(part)` hears how much of it is away, from 0 to 1. */
export function upload(path, body, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.responseType = "json";
    request.setRequestHeader("Content-Type", "application/json");
    request.upload.addEventListener("progress", (event) => event.lengthComputable && onProgress(event.loaded / event.total));
    request.addEventListener("error", () => reject(new SandboxError(GONE, 0)));
    request.addEventListener("load", () => {
      const { status, response } = request;
      if (status >= 200 && status < 300) resolve(response || {});
      else reject(new SandboxError(response?.error || `The sandbox answered ${path} with status ${status}.`, status));
    });
    request.send(JSON.stringify(body));
  });
}

async function call(path, options) {
  const response = await fetch(path, { cache: "no-store", ...options }).catch(() => {
    throw new SandboxError(GONE, 0);
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new SandboxError(answer.error || `The sandbox answered ${path} with status ${response.status}.`, response.status);
  }
  return answer;
}
