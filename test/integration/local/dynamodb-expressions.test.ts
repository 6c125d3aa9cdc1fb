import conditionParser from 'dynalite/db/conditionParser.js';
import db from 'dynalite/db/index.js';
import projectionParser from 'dynalite/db/projectionParser.js';
import updateParser from 'dynalite/db/updateParser.js';
import { expect, it } from 'vitest';
import { type ParserContext, rememberParsed } from '#local/dynamodb-expressions.ts';
import { createRandom } from '#test/fixtures/random.ts';

const random = createRandom(7);
const draw = <Each>(choices: readonly Each[]): Each => choices[Math.floor(random() * choices.length)] as Each;

const paths = ['a', '#n', '#n.b', 'list[0]', 'm.#o', 'c', 'size', '#missing'];
const drawPath = () => draw(paths);
const drawOperand = (): string => draw([drawPath, () => draw([':v', ':w', ':u', ':missing'])])();

const drawUpdate = (): string => {
  const set = () =>
    draw([
      () => `${drawPath()} = ${drawOperand()}`,
      () => `${drawPath()} = ${drawOperand()} ${draw(['+', '-'])} ${drawOperand()}`,
      () => `${drawPath()} = if_not_exists(${drawPath()}, ${drawOperand()})`,
      () => `${drawPath()} = list_append(${drawOperand()}, ${drawOperand()})`,
    ])();
  const sections = [
    `SET ${set()}, ${set()}`,
    `SET ${set()}`,
    `REMOVE ${drawPath()}`,
    `ADD ${drawPath()} ${drawOperand()}`,
  ];
  return random() < 0.3 ? `${draw(sections)} ${draw(sections)}` : draw(sections);
};

const drawCondition = (depth = 0): string =>
  draw([
    () => `${drawOperand()} ${draw(['=', '<>', '<', '<=', '>', '>='])} ${drawOperand()}`,
    () => `attribute_exists(${drawPath()})`,
    () => `attribute_not_exists(${drawOperand()})`,
    () => `begins_with(${drawPath()}, ${drawOperand()})`,
    () => `attribute_type(${drawPath()}, ${drawOperand()})`,
    () => `size(${drawPath()}) > ${drawOperand()}`,
    () => `${drawPath()} BETWEEN ${drawOperand()} AND ${drawOperand()}`,
    () => `${drawPath()} IN (${drawOperand()}, ${drawOperand()})`,
    () =>
      depth > 2 ? 'a = :v' : `(${drawCondition(depth + 1)}) ${draw(['AND', 'OR'])} NOT ${drawCondition(depth + 1)}`,
    () => draw(['', 'a =', '((a = :v))', 'nonsense(a)']),
  ])();

const drawValue = () =>
  draw([
    () => ({ S: draw(['x', 'y', 'S', 'N']) }),
    () => ({ N: String(Math.floor(random() * 10)) }),
    () => ({ L: [{ S: draw(['x', 'y']) }] }),
    () => ({ M: { b: { N: '1' } } }),
    () => ({ BOOL: random() < 0.5 }),
    () => ({ SS: ['one', draw(['two', 'three'])] }),
  ])();

const drawContext = () => ({
  attrNames: { '#n': draw(['name', 'other']), '#o': 'o' },
  attrVals: { ':v': drawValue(), ':w': drawValue(), ':u': drawValue() },
});

/** What dynalite hands to its parsers. */
const prepare = ({ attrNames, attrVals }: ReturnType<typeof drawContext>): ParserContext => ({
  attrNames,
  attrVals,
  unusedAttrNames: { '#n': true, '#o': true },
  unusedAttrVals: { ':v': true, ':w': true, ':u': true },
  ...{ isReserved: (name: string) => name === 'size', compare: db.compare },
});

/** What came of an expression; and what becomes of the tree later does not count. */
const take = (parse: ReturnType<typeof rememberParsed>, expression: string, context: ParserContext) => {
  const read = () => {
    try {
      return parse(expression, { context });
    } catch (error) {
      return String(error);
    }
  };
  const tree = read();
  const taken = structuredClone({ tree, names: context.unusedAttrNames, values: context.unusedAttrVals });
  spoil(tree);
  return taken;
};

const spoil = (tree: unknown): void => {
  if (typeof tree !== 'object' || tree === null) return;
  for (const [key, value] of Object.entries(tree)) {
    spoil(value);
    if (Array.isArray(tree) || typeof value !== 'object') Object.assign(tree, { [key]: 'spoilt' });
  }
};

it.each([
  { name: 'updates', parser: updateParser, drawExpression: drawUpdate },
  { name: 'conditions', parser: conditionParser, drawExpression: drawCondition },
  { name: 'projections', parser: projectionParser, drawExpression: () => `${drawPath()}, ${drawPath()}` },
])('reads $name that it has seen before as it would read them anew', ({ parser, drawExpression }) => {
  const parse = parser.parse.bind(parser);
  const parseRemembered = rememberParsed(parse);
  let trees = 0;
  for (let index = 0; index < 150; index += 1) {
    const expression = drawExpression();
    for (let times = 0; times < 4; times += 1) {
      const drawn = drawContext();
      const expected = take(parse, expression, prepare(structuredClone(drawn)));
      expect(take(parseRemembered, expression, prepare(structuredClone(drawn))), expression).toEqual(expected);
      if (typeof expected.tree === 'object') trees += 1;
    }
  }
  expect(trees).toBeGreaterThan(100);
});
