/** The caller whose things the others try to reach. */
export const victim = 'caf\u00e9/victim';

// Names that a careless comparison, a path or a normalization would take for the victim's.
export const others = [
  'bob',
  'caf\u00e9',
  'caf\u00e9/vict',
  'caf\u00e9/victim2',
  'caf\u00e9/victim/',
  '/caf\u00e9/victim',
  'caf\u00e9//victim',
  'caf\u00e9/Victim',
  'CAF\u00c9/VICTIM',
  'caf\u00e9/victim ',
  'caf\u00e9/victim%20',
  'caf\u00e9/victim#',
  'caf\u00e9%2Fvictim',
  'caf\u00e9%2fvictim',
  'cafe/victim',
  'cafe\u0301/victim',
  'caller#caf\u00e9/victim',
  '*',
];

/** Stands in all that is the victim's. */
export const marker = 'the secret campaign of the victim';
