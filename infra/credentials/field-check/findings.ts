/** What Adobe documents, or the gateway assumes, of each fact that the check looks at. */
export const documented = {
  'default-model': 'Without x-model-version the model image3 runs.',
  'image3-sizes': 'image3 takes any size up to 4096 x 4096.',
  seeds: 'The same prompt, seed, size and model make the same bytes.',
  'synchronous-calls': 'The synchronous V3 calls are not there.',
  'rate-headers': 'Accepted requests say nothing about the rate limit.',
  'status-on-base-host': 'A job can be read on the base host.',
  'output-urls': 'A later poll names the same output URLs.',
  'output-types': 'Outputs are served with their own content type.',
  'content-credentials': 'Outputs are bare pictures.',
  'third-secret': 'A third client secret is refused with 400.',
  'new-secret': 'IMS accepts a new client secret at once.',
  'last-used': 'The list of client secrets shows a use at once.',
} as const;

/** The name of a fact, as the report writes it. */
export type FactName = keyof typeof documented;

/** `unknown`: the probe could not tell, and `seen` says why. */
export type Verdict = 'as_documented' | 'differs' | 'unknown';

/** What a probe found out about a fact. */
export interface Finding {
  fact: FactName;
  verdict: Verdict;
  /** In the check's own words: statuses, codes, types and times, never an id, a URL or a prompt. */
  seen: string;
}

/** Writes down what a probe found; a fact counts as unknown until then. */
export type Note = (fact: FactName, verdict: Verdict | boolean, seen: string) => void;

/** Collects findings, the last one of each fact. */
export class Findings {
  readonly #findings = new Map<FactName, Finding>();

  /** @param verdict or whether what was seen is what is documented */
  readonly note: Note = (fact, verdict, seen) => {
    const found = typeof verdict === 'string' ? verdict : verdict ? 'as_documented' : 'differs';
    this.#findings.set(fact, { fact, verdict: found, seen });
  };

  /** Every fact, in the order of the table. */
  all(): Finding[] {
    const facts = Object.keys(documented) as FactName[];
    return facts.map((fact) => this.#findings.get(fact) ?? { fact, verdict: 'unknown', seen: 'Not looked at.' });
  }
}
