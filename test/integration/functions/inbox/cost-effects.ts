// Nothing was reserved, as the caller has no budget, and the job cost nothing: each write that counts leaves a mark, which goes afterwards.
export const settled = ['Update reservation', 'Update usage', 'Update reservation', 'Update usage'];
// It cost something, which the counter of its caller gets as well.
export const counted = ['reservation', 'budget', 'usage', 'reservation', 'budget', 'usage'].map(
  (item) => `Update ${item}`,
);
