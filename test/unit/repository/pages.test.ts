import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { usage } from '#local/cli/start-options.ts';
import { settingsSchema } from '#shared/deployment/settings.ts';
import { filesMatching, packageJson, read, root } from './repository.ts';

const settingsPage = read('docs/settings.md');
const pages = ['*.md', 'docs/**/*.md'].flatMap(filesMatching);

/** The rows of the Markdown table below a heading, as cells. */
const tableBelow = (heading: string): string[][] => {
  const section = settingsPage.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| '));
  return rows.slice(2).map((row) => row.slice(2, -2).split(' | '));
};

describe('the page of settings and commands', () => {
  it('lists every setting of a stage with its default', () => {
    const defaults: Record<string, unknown> = settingsSchema().parse({});
    const rows = tableBelow('Settings').map(([name = '', value = '']) => [name.replaceAll('`', ''), value]);
    const { properties = {} } = z.toJSONSchema(settingsSchema(), { io: 'input' });
    expect(rows.map(([name]) => name).sort()).toEqual(Object.keys(properties).sort());
    for (const [name = '', value = ''] of rows) {
      const code = /^`(.*)`$/.exec(value)?.[1];
      if (code !== undefined) expect({ [name]: JSON.parse(code) }).toEqual({ [name]: defaults[name] });
      else if (value === 'none') expect({ [name]: defaults[name] }).toEqual({ [name]: undefined });
      else expect(value).toMatch(/shared\/adobe\/auth\/scopes\.ts|\(#services\)/);
    }
  });

  it('names every option of npm start, and no other', () => {
    const start = settingsPage.split('| `npm start` | |')[1]?.split('\n\n')[0] ?? '';
    const optionsIn = (text: string) => [...new Set(text.match(/--[a-z][a-z-]+/g))].sort();
    expect(optionsIn(start.replaceAll('--silent', ''))).toEqual(optionsIn(usage));
    for (const [variable] of usage.matchAll(/\b(FIREFLY|ADOBE)_[A-Z_]+/g))
      expect(settingsPage).toContain(`\`${variable}\``);
  });
});

describe('the README', () => {
  it('is read in some minutes', () => {
    expect(read('README.md').split('\n').length).toBeLessThanOrEqual(200);
  });
});

describe('the pages', () => {
  it('name only commands that exist', () => {
    const commands = pages.flatMap((page) => [...read(page).matchAll(/\bnpm run ([a-z:-]+)/g)].map(([, name]) => name));
    expect(commands.filter((name = '') => !(name in packageJson.scripts))).toEqual([]);
  });

  it('link only to what exists', () => {
    const broken = pages.flatMap((page) =>
      [...read(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
        .filter(([, target = '']) => !existsSync(join(root, dirname(page), target)))
        .map(([, target]) => `${page}: ${target}`),
    );
    expect(broken).toEqual([]);
  });

  it('name only files that exist', () => {
    const named = pages.flatMap((page) =>
      [...read(page).matchAll(/`((?:shared|functions|infra|local|test|docs)\/[\w./-]*\w(?:\.ts)?)`?/g)].map(
        ([, path = '']) => ({ page, path }),
      ),
    );
    expect(named.filter(({ path }) => !existsSync(join(root, path)))).toEqual([]);
    expect(named.length).toBeGreaterThan(10);
  });
});
