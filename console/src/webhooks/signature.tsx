const example = `import { Webhook } from 'standardwebhooks';

const { type, data } = new Webhook(secret).verify(rawBody, request.headers);`;

// What scrolls must be reached by the keyboard (WCAG 2.1.1).
const scrolling = { tabIndex: 0 };

/** How a receiver knows that a call is the gateway's. */
export const Signature = () => (
  <section aria-labelledby="signature">
    <h2 id="signature">How to know that a call is genuine</h2>
    <p>
      Each call is signed as <a href="https://www.standardwebhooks.com">Standard Webhooks</a> has it. The header{' '}
      <code>webhook-signature</code> holds <code>v1,</code> and the HMAC-SHA256, in base64, of <code>webhook-id</code>,{' '}
      <code>webhook-timestamp</code> and the body as it came, with points in between; the key is what stands behind{' '}
      <code>whsec_</code> in the secret, in base64. The id stays the same at every attempt: a receiver that has seen it
      can ignore the call. Answer with a status from 200 to 299 first, and work afterwards; everything else but 410 is
      tried again for 24 hours.
    </p>
    <section className="table-scroll" aria-label="An example in JavaScript" {...scrolling}>
      <pre className="code">{example}</pre>
    </section>
  </section>
);
