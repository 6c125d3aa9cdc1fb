import { ApiProblem, readProblem } from './problem.ts';
import { session } from './session.ts';

/** A request to the gateway that served the page. */
export interface ApiCall {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Parameters that are undefined or empty are left out. */
  query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** A file and a form go as they are, everything else as JSON. */
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
  signal?: AbortSignal;
}

/**
 * Calls the API with the credentials of the session.
 *
 * @param Answer the view of the route, such as `JobRecord`; the gateway's own tests hold its answers to it
 * @throws {ApiProblem} for every answer that is an error, and with status 0 if there was none
 */
export const callApi = async <Answer>(path: string, call: ApiCall = {}): Promise<Answer> => {
  const response = await fetchApi(path, call);
  if (response.status === 204) return undefined as Answer;
  return (await response.json()) as Answer;
};

/** The same for answers that are no JSON. */
export const fetchApi = async (path: string, call: ApiCall = {}): Promise<Response> => {
  const { method = 'GET', query = {}, body, headers, signal } = call;
  const url = new URL(path, location.origin);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') url.searchParams.set(name, String(value));
  }
  // A token goes to the gateway only, whatever a link in an answer says.
  if (url.origin !== location.origin) throw new TypeError('The console calls its own gateway only');
  const { token } = session.state;
  const answer = await fetch(url, {
    method,
    signal,
    headers: {
      accept: 'application/json',
      ...(body !== undefined && !(body instanceof URLSearchParams) && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: isSentAsIs(body) ? body : JSON.stringify(body),
  }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiProblem(0, { detail: 'The gateway cannot be reached. Is it running, and are you online?' });
  });
  if (answer.ok) return answer;
  const problem = await readProblem(answer);
  // The answer to a request from before another sign-in says nothing of the new token.
  if (problem.status === 401 && token === session.state.token) session.expire();
  throw problem;
};

const isSentAsIs = (body: unknown): body is undefined | Blob | URLSearchParams =>
  body === undefined || body instanceof Blob || body instanceof URLSearchParams;
