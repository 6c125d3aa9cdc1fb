/** An alarm of a stage. */
export interface Alarm {
  name: string;
  /** What has happened. */
  meaning: string;
  /** What an operator does about it. */
  action: string;
}

/** What each alarm means and what to do, in a few words; docs/operating.md has them in full. */
export const alarms: readonly Alarm[] = [
  {
    name: 'dispatch-silent',
    meaning: 'No run of dispatch has succeeded for ten minutes; jobs wait.',
    action: 'The problems above say how the last one went; if none ran, look at its schedule and its throttles.',
  },
  {
    name: 'token-refresh-silent',
    meaning: 'No run of token-refresh has succeeded for three hours.',
    action: 'The reason stands above, and in its log; if none ran, look at its schedule.',
  },
  {
    name: 'rotation-check-silent',
    meaning: 'The daily look at the client secrets has not succeeded.',
    action: 'The reason stands above under Client secret; if it did not run, look at its schedule.',
  },
  {
    name: 'rotation-failed',
    meaning: 'A rotation of the client secret failed; the current secret still works.',
    action: 'The reason stands above under Client secret. It is tried again by itself.',
  },
  {
    name: 'rotation-overdue',
    meaning: 'At least two rotations in a row did not succeed.',
    action: 'Check the entitlement of the credential: npm run credentials -- --check.',
  },
  {
    name: 'caller-tokens-refused',
    meaning: 'Fifty requests for a token within 5 minutes had a wrong id or secret.',
    action: 'Look under Callers which secrets were used last: an old one, or somebody guesses.',
  },
  {
    name: 'foreign-secret-found',
    meaning: 'Adobe lists a client secret that the gateway did not make.',
    action: 'Delete it in the Developer Console if nothing uses it; it is named above.',
  },
  {
    name: 'orphan-secret-found',
    meaning: 'An interrupted rotation left a secret at Adobe.',
    action: 'Nothing: the gateway deletes it in the same run.',
  },
  {
    name: 'previous-secret-in-use',
    meaning: 'The previous client secret is still used after its grace.',
    action: 'Find the software that uses it.',
  },
  {
    name: 'token-expires-soon',
    meaning: 'The access token has less than two hours left.',
    action: 'npm run credentials -- --check; the log of token-refresh has the reason.',
  },
  {
    name: 'services-not-granted',
    meaning:
      'Adobe does not let the credential use a service that is on, or not all of it; the jobs of that service wait.',
    action: 'Add the product that Services names above, then resume the service on the page Queue.',
  },
  {
    name: 'queue-paused',
    meaning:
      'Adobe refuses all work: quota exhausted, credential not let in, a fresh token refused; or a proxy answers.',
    action: 'The page Queue says what helps. Jobs wait, and none is lost.',
  },
  {
    name: 'turns-late',
    meaning: 'Ten turns came seconds after their time: a lane does not use all of its limit.',
    action: "Look at the account's concurrent executions and the throttles of generate.",
  },
  {
    name: 'submit-outcome-unknown',
    meaning: 'The answer to a submit was lost; Adobe may have billed the job.',
    action: 'Have it sent again if you decide so; many at once: check the network path.',
  },
  {
    name: 'job-set-aside',
    meaning: 'The record of a job could not be updated any more.',
    action: 'The log of dispatch names the job; its caller sends the request again, smaller.',
  },
  {
    name: 'batch-set-aside',
    meaning: 'The record of a batch could not be updated any more.',
    action: 'The log of dispatch names the batch; its jobs go on.',
  },
  {
    name: 'event-refused',
    meaning: 'An event on the bus was not written by this gateway; no webhook was told.',
    action: 'Find out who may put events there, or wait for the end of a deployment.',
  },
  {
    name: 'end-set-aside',
    meaning: 'The end of a job or batch could not be published.',
    action: 'The log of dispatch names it; tell its caller.',
  },
  {
    name: 'budget-exceeded',
    meaning: 'A caller has used up its budget.',
    action: 'The page Usage says for what; raise the budget in its policy, or leave it.',
  },
  {
    name: 'item-unreadable',
    meaning: 'A record in a table cannot be read.',
    action: 'The log line names its key and what is wrong with it.',
  },
  {
    name: '…-execution-failed, …-execution-timed-out',
    meaning: 'A durable execution of generate, inbox or notify ended before its work was done.',
    action: 'Its history in the Lambda console names the step; recovery starts another one.',
  },
  {
    name: 'event-failed, …-event-dropped, …-undelivered',
    meaning: 'A function could not be started, or an event did not reach it.',
    action: 'The queue of failures has the event for 14 days; look at the concurrent executions of the account.',
  },
  { name: '…-errors', meaning: 'Invocations of a function ended with an error.', action: 'See its log group.' },
];
