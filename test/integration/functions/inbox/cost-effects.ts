// What the job of a line is expected to cost is reserved, and each write that counts leaves a mark, which goes afterwards.
export const twoReserved = ['reservation', 'budget', 'reservation', 'budget'].flatMap((item) => [
  `Update ${item}`,
  `Update ${item}`,
]);
export const oneReserved = ['Update reservation', 'Update budget', 'Update reservation', 'Update budget'];
// It cost what was reserved.
export const settled = ['Update reservation', 'Update usage', 'Update reservation', 'Update usage'];
// It cost less.
export const returned = ['reservation', 'budget', 'usage', 'reservation', 'budget', 'usage'].map(
  (item) => `Update ${item}`,
);
