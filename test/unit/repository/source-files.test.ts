import { describe, expect, it } from 'vitest';
import { codeFolders, filesMatching, read, root } from './repository.ts';

const sources = [...codeFolders.flatMap((top) => filesMatching(`${top}/**/*.ts`)), 'vitest.config.ts'];
const texts = [
  ...sources,
  ...['*.md', 'docs/**/*.md', '*.json', '.ci/*', '.dependency-cruiser.cjs', '.gitignore'].flatMap(filesMatching),
];

const linesWith = (files: readonly string[], pattern: RegExp): string[] =>
  files.flatMap((path) =>
    read(path)
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [])),
  );

// Spelled so that this file does not find itself.
const word = (...halves: string[]): string => halves.join('');

describe('the source files', () => {
  it('have at most 250 lines', () => {
    const longer = sources
      .filter((path) => !path.includes('/fixtures/'))
      .map((path) => ({ path, lines: read(path).split('\n').length - 1 }))
      .filter(({ lines }) => lines > 250);
    expect(longer).toEqual([]);
  });

  it('leave nothing for later', () => {
    const marks = [word('TO', 'DO'), word('FIX', 'ME'), word('XX', 'X'), word('HA', 'CK')].join('|');
    expect(linesWith(texts, new RegExp(`\\b(${marks})\\b`))).toEqual([]);
  });

  it('do not silence the compiler, and leave no test out', () => {
    const silenced = [
      word('@ts-', '(ignore|expect-error|nocheck)'),
      word('\\b(it|test|describe)', '\\.(only|skip|todo)\\('),
    ];
    expect(linesWith(sources, new RegExp(silenced.join('|')))).toEqual([]);
  });

  it('build a schema when it is first asked for, and not when their module is loaded', () => {
    const started = sources.filter((path) => path.startsWith('functions/') || path.startsWith('shared/'));
    expect(linesWith(started, /^(export )?const \w+(: [^=]+)? = z\b/)).toEqual([]);
  });

  it('silence the linter in tests at most', () => {
    const product = sources.filter((path) => !path.startsWith('test/'));
    expect(linesWith(product, new RegExp(word('biome', '-ignore')))).toEqual([]);
  });

  it('name nothing beside the project, which may be anywhere', () => {
    const beside = new RegExp(`(?<!['"\`./])\\.\\./${word('sha', 'red/')}`);
    expect(linesWith(texts, beside).filter((line) => !line.startsWith('.ci/run:'))).toEqual([]);
  });

  it('name no place on the machine where they were written', () => {
    const homes = ['home', 'Users', 'root', 'work'].map((home) => `(?<![\\w.:/])/${home}/`).join('|');
    const own = root.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    expect(linesWith(texts, new RegExp(`${homes}|${own}`))).toEqual([]);
  });

  it('are named in lower case with hyphens, after their subject', () => {
    const vague = /(^|[/-])(utils?|helpers?|misc|common|stuff|lib)([.-]|\/|$)/;
    const shaped = /^([a-z0-9-]+\/)*[a-z0-9-]+(\.(exhaustive\.test|test|config|d))?\.ts$/;
    expect(sources.filter((path) => vague.test(path) || !shaped.test(path))).toEqual([]);
  });
});
