import { describe } from 'vitest';
import { describeRotation } from './rotation-behaviour.ts';

describe('the rotation over the real protocols', () => describeRotation('stand-in'));
