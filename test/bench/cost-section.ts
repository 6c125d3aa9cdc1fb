import { parts, priceOf } from './aws-prices.ts';
import { measureCost } from './cost.ts';
import type { Row, Section } from './table.ts';

/** What AWS bills for images, by the assumptions of docs/costs.md. */
export const costSection: Section = {
  name: 'cost',
  title: 'what AWS bills for 1,000 images, counted on 20 of them (two or three minutes)',
  measure: async () => {
    const figures = await measureCost();
    const { quantities, sum } = figures;
    const rows = [
      ...Object.entries(parts).map(
        ([name, names]): Row => ({
          figure: `1,000 images: ${name}`,
          value: priceOf(quantities, names) * 1_000,
          unit: 'US$',
        }),
      ),
      { figure: 'durable operations of an image', value: quantities.durableOperations, unit: '', below: 7 },
      { figure: 'write units of an image', value: quantities.writeUnits, unit: '' },
      { figure: '1,000 images in AWS', value: sum, unit: 'US$', below: 0.15 },
    ];
    return { figures, rows };
  },
};
