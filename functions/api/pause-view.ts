import * as z from 'zod';
import { type Pause, type Pauses, pauseReasons } from '#shared/jobs/lanes/pauses.ts';
import { once } from '#shared/once.ts';
import { toIso } from './http/problem.ts';

const operatorReason = 'operator';

/** What an operator can do about each reason. */
const advice: Record<Pause['reason'] | typeof operatorReason, string> = {
  operator: 'PUT /queue/resume ends it.',
  rate_limited: 'Nothing: submits go on by themselves.',
  quota_exhausted:
    'The quota of the contract is used up: have it raised, then PUT /queue/resume. No job that waits fails.',
  access_refused:
    'Adobe does not let the credential use the service: "npm run credentials -- --check" names what is missing in the ' +
    'Developer Console; then PUT /queue/resume. A new credential may need some minutes. No job that waits fails.',
  intercepted:
    'Something between the gateway and Adobe refuses the requests with pages in HTML: look for a proxy or firewall on the ' +
    'way, then PUT /queue/resume. No job fails.',
  token_refused: 'Adobe refused a new token: "npm run credentials -- --check", then PUT /queue/resume. No job fails.',
};

/** What holds a queue up, as `/health` and `/queue` show it. */
export const pauseFields = once(() => ({
  reason: z.enum([operatorReason, ...pauseReasons]),
  code: z.string().optional().meta({ description: "Adobe's code for the refusal, such as 403003" }),
  since: z.iso.datetime().optional(),
  until: z.iso.datetime().optional().meta({ description: 'When one job is tried again' }),
  advice: z.string().meta({ description: 'What an operator can do about it' }),
}));

const pauseSchema = once(() => z.object(pauseFields()));

/** Shows an operator's pause. */
export const viewOperatorPause = (
  pause: NonNullable<Pauses['operatorPause']>,
): z.output<ReturnType<typeof pauseSchema>> => ({
  reason: operatorReason,
  since: toIso(pause.since),
  advice: advice.operator,
});

/** Shows a pause that Adobe caused. */
export const viewPause = ({ reason, code, until }: Pause): z.output<ReturnType<typeof pauseSchema>> => ({
  reason,
  code,
  until: toIso(until),
  advice: advice[reason],
});
