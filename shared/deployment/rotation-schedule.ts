/** The rotation's settings of a stage, as far as they are set. */
interface RotationSettings {
  rotationDays: number;
  secretGraceHours?: number | undefined;
  secretUnusedHours?: number | undefined;
}

/** Secrets Manager rotates within this many hours from midnight UTC, where a `rate()` expression has its windows begin (AWS). */
export const rotationWindowHours = 1;

/**
 * Hour, UTC, of the daily run. Half a day from the rotation, so that it deletes the previous secret well before the next one
 * even if that comes every day, and makes up for a rotation that failed long before the next one.
 */
export const dailyRunHour = 12;

/** The scheduler tries the daily run again for up to an hour, and the rotation that it begins takes minutes. */
const dailyRunHours = 2;

/**
 * The longest grace, in hours, that is over when the next rotation begins, even if the daily run had to make up for the last
 * one: Adobe has no place for a third secret.
 */
const getMaxGraceHours = (rotationDays: number): number => 24 * rotationDays - (dailyRunHour + dailyRunHours);

const usualGraceHours = 48;
const usualUnusedHours = 24;

/**
 * Derives from the interval of the rotation how long the previous secret is kept, where that is not set. Work in progress
 * needs no more than minutes: a rotation has a new token minted at once, and a token that Adobe refuses is replaced. The grace
 * is for other software that reads the secret, and is never more than a third of the interval; half of it without any use is
 * enough to take the secret for unused, as the gateway itself uses it until it is replaced.
 */
export const completeGrace = <Given extends RotationSettings>(given: Given) => {
  const { rotationDays } = given;
  const { secretGraceHours = Math.min(usualGraceHours, (24 * rotationDays) / 3) } = given;
  const { secretUnusedHours = Math.min(usualUnusedHours, secretGraceHours / 2) } = given;
  return { ...given, secretGraceHours, secretUnusedHours };
};

/** A setting that contradicts another one. */
interface Contradiction {
  setting: keyof RotationSettings;
  message: string;
}

/** Names what cannot be kept with two secrets at Adobe: every rotation would fail, or every retirement raise an alarm. */
export const findContradictions = (settings: Required<RotationSettings>): Contradiction[] => {
  const { rotationDays, secretGraceHours, secretUnusedHours } = settings;
  const maxGraceHours = getMaxGraceHours(rotationDays);
  const contradictions: Contradiction[] = [];
  if (secretGraceHours > maxGraceHours) {
    contradictions.push({
      setting: 'secretGraceHours',
      message: `must be at most ${maxGraceHours} with rotationDays ${rotationDays}: Adobe keeps two secrets only, so the previous one has to go before the next rotation`,
    });
  }
  if (secretUnusedHours >= secretGraceHours) {
    contradictions.push({
      setting: 'secretUnusedHours',
      message: `must be less than secretGraceHours, which is ${secretGraceHours} with rotationDays ${rotationDays}: the gateway itself uses the secret until it is replaced`,
    });
  }
  return contradictions;
};

/** Interval of the rotation of the key that signs the tokens of callers. */
export const signingKeyRotationDays = 90;
