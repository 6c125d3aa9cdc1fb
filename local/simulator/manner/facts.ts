/** What Adobe documents, or what was observed on its live services. */
export type Side = 'documented' | 'observed';

/**
 * One thing that Adobe's documents and its live services may disagree on.
 *
 * `seen`: it was observed, and the manner `observed` plays it. `open`: nobody has published an observation; `documented`
 * is what the gateway assumes, `observed` the other possibility, and only its own switch turns it on. `agreed`: the
 * observation is what the documents say, so that its switch changes nothing.
 */
export interface Fact {
  kind: 'seen' | 'open' | 'agreed';
  documented: string;
  observed: string;
}

const agreed = (both: string): Fact => ({ kind: 'agreed', documented: both, observed: both });

const definitions = {
  // IMS, and what stands in front of every service.
  'unknown-scopes-ignored': {
    kind: 'seen',
    documented: 'IMS refuses a scope that the credential does not have with 400 invalid_scope.',
    observed: 'IMS leaves out scope names that it does not know and answers 200; calls fail later with 403.',
  },
  'missing-api-is-unauthorized-client': {
    kind: 'seen',
    documented: 'IMS answers invalid_scope for a scope of an API that the workspace does not have.',
    observed: 'IMS answers unauthorized_client for it.',
  },
  'head-token-is-405': {
    kind: 'seen',
    documented: 'HEAD on the token endpoint is a request without fields: 400 invalid_request.',
    observed: 'HEAD on the token endpoint is 405.',
  },
  'expired-token-is-401014': {
    kind: 'seen',
    documented: 'An expired token is answered like a wrong one, with 401013.',
    observed: 'An expired token is answered with 401014.',
  },
  'new-credential-refused': {
    kind: 'seen',
    documented: 'A credential works at once.',
    observed: 'Firefly answers 403 to a credential of less than five minutes.',
  },
  // Firefly: requests.
  'default-model-is-image4': {
    kind: 'open',
    documented: 'Without x-model-version image3 runs.',
    observed: 'Without x-model-version image4_standard runs.',
  },
  'sync-calls-answer': {
    kind: 'seen',
    documented: 'The synchronous V3 calls are not there.',
    observed: 'The synchronous V3 calls answer 200 with {size, outputs}.',
  },
  'custom-model-without-header-ignored': {
    kind: 'seen',
    documented: 'customModelId without a custom model version is refused.',
    observed: 'customModelId without a custom model version is ignored: the base model runs.',
  },
  'image3-sizes-limited': {
    kind: 'seen',
    documented: 'image3 takes any size up to 4096 x 4096.',
    observed: 'image3 takes ten sizes; another one is 400 bad_request with the list in the message.',
  },
  'video-sizes-pass': {
    kind: 'seen',
    documented: 'A video size outside the documented list is refused.',
    observed: 'A video size outside the documented list is accepted.',
  },
  'field-faults-are-400': {
    kind: 'seen',
    documented: 'Wrong fields are 422 validation_error.',
    observed: 'Wrong fields are 400 bad_request with validation_errors; references and meaning stay 422.',
  },
  'refusals-are-422': {
    kind: 'seen',
    documented: 'A refusal for content is 451.',
    observed: 'A refusal for content is 422.',
  },
  'gcs-input-unreachable': {
    kind: 'seen',
    documented: 'Input URLs of Google Cloud Storage are taken.',
    observed: 'Input URLs of Google Cloud Storage are 422: they could not be reached.',
  },
  'variations-follow-seeds': agreed('numVariations is the number of seeds where it is left out.'),
  'similar-defaults-to-2048': agreed('Generate similar without a size makes 2048 x 2048, whatever the source.'),
  // Firefly: jobs and outputs.
  'filtered-outputs-left-out': {
    kind: 'seen',
    documented: 'A job of which the content filter takes out an output fails as a whole.',
    observed: 'Such a job succeeds with fewer outputs, or none, and does not say so.',
  },
  'seeds-do-not-reproduce': {
    kind: 'seen',
    documented: 'The same prompt, seed and size make the same bytes.',
    observed: 'The same prompt, seed and size make other bytes.',
  },
  'job-ids-are-urns': agreed('Job ids are urn:ff:jobs:<shard>:<uuid>.'),
  'content-credentials-attached': {
    kind: 'seen',
    documented: 'Outputs are bare pictures.',
    observed: 'JPEG outputs carry a manifest of Content Credentials (C2PA).',
  },
  'status-only-on-shard': {
    kind: 'open',
    documented: 'A job can be read on the base host.',
    observed: 'A job can be read at its own status URL only; the base host answers 404.',
  },
  'polls-sign-anew': {
    kind: 'open',
    documented: 'A later poll names the same output URLs.',
    observed: 'Each poll signs the output URLs anew, for their whole lifetime.',
  },
  'outputs-untyped': {
    kind: 'open',
    documented: 'Outputs are served with their own content type.',
    observed: 'Outputs are served as application/octet-stream.',
  },
  'outputs-put-untyped': {
    kind: 'open',
    documented: 'Outputs are put to presigned URLs with their own content type.',
    observed: 'Outputs are put to presigned URLs without a content type.',
  },
  'rate-headers-on-answers': {
    kind: 'open',
    documented: 'Only a 429 has headers about the rate limit.',
    observed: 'Accepted requests say in headers what is left of the rate limit.',
  },
  // I/O Management.
  'third-secret-is-409': {
    kind: 'open',
    documented: 'A third client secret is refused with 400.',
    observed: 'A third client secret is refused with 409.',
  },
  'last-use-shown-late': {
    kind: 'open',
    documented: 'The list of client secrets shows a use at once.',
    observed: 'The list of client secrets shows a use after five seconds.',
  },
  'new-secret-delayed': {
    kind: 'open',
    documented: 'IMS accepts a new client secret at once.',
    observed: 'IMS accepts a new client secret after five seconds.',
  },
} as const satisfies Record<string, Fact>;

/** The name of a fact, as switches and checks write it. */
export type FactName = keyof typeof definitions;

/** Every fact, by its name. */
export const facts: Readonly<Record<FactName, Fact>> = definitions;

/** The names of all facts, in the order of the table. */
export const factNames = Object.keys(definitions) as FactName[];
