import { documented, type Finding, type Verdict } from './findings.ts';

/** What a report says. */
export interface Report {
  /** ISO day; the exact time could tell whose account it was. */
  day: string;
  version: string;
  /** Paid operations that were sent. */
  paid: number;
  /** Why the check ended before its end. */
  endedEarly?: string;
  findings: Finding[];
}

const verdicts: Record<Verdict, string> = {
  as_documented: 'as documented',
  differs: '**differs**',
  unknown: 'not found out',
};

const toMarkdown = ({
  day,
  version,
  paid,
  endedEarly,
  findings,
}: Report): string => `# Field check of Adobe Firefly Services

${day}, firefly-gateway ${version}, ${paid} paid operations.${endedEarly === undefined ? '' : ` Ended early: ${endedEarly}`}

| fact | documented or assumed | seen | verdict |
| --- | --- | --- | --- |
${findings.map(({ fact, seen, verdict }) => `| \`${fact}\` | ${documented[fact]} | ${seen} | ${verdicts[verdict]} |`).join('\n')}

This page holds no secret, token, prompt, id or URL.
`;

const toJson = ({ findings, ...report }: Report): string =>
  `${JSON.stringify({ ...report, findings: findings.map((finding) => ({ ...finding, documented: documented[finding.fact] })) }, undefined, 2)}\n`;

/**
 * Writes a report that can be attached to a public issue.
 *
 * @param file its ending decides: JSON for `.json`, else Markdown
 */
export const formatReport = (report: Report, file: string): string =>
  file.endsWith('.json') ? toJson(report) : toMarkdown(report);
