import * as z from 'zod';
import { followedAcceptance } from '../../acceptance.ts';
import { defineOperation } from '../../operation.ts';
import { description } from '../results.ts';
import { checkTemplate, template, warnOfTemplate } from '../template.ts';

/** Adobe: `POST /v1/templates/describe`: what can be changed in a template. */
export const describeTemplate = defineOperation({
  name: 'audio-video/describe-template',
  title: 'Describe what can be changed in a template of motion graphics',
  path: '/v1/templates/describe',
  lane: 'av-templates',
  body: () => z.strictObject(template()),
  rules: checkTemplate,
  warnings: warnOfTemplate,
  accepts: followedAcceptance,
  result: description,
  polling: { firstPollSeconds: 5, pollCeilingSeconds: 15, timeoutSeconds: 1_800 },
});
