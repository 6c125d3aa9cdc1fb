import type { ScriptedAnswer } from '#test/fixtures/fake-adobe.ts';
import { type Rig, submitPath } from './rig.ts';

/** The submits that Adobe saw. */
export const posts = ({ adobe }: Rig) => adobe.asked('POST', submitPath);

/** An error answer in Adobe's shape. */
export const refusal = (status: number, code: string, headers?: Record<string, string>): ScriptedAnswer => ({
  status,
  headers,
  body: { error_code: code, message: `Adobe says ${code}.` },
});

/** Lets Adobe answer and follows one turn of a new job. */
export const submitTo = async (rig: Rig, answer: ScriptedAnswer) => {
  rig.adobe.script('POST', submitPath, answer);
  return { rig, ...(await rig.follow(await rig.scheduled())) };
};
