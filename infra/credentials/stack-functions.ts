import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  type LambdaClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { type FunctionName, lambdaName } from '#shared/deployment/names.ts';
import { CredentialsError, FunctionFailedError, StackNotFoundError } from './errors.ts';

const refreshSchema = z.object({ minted: z.boolean(), reason: z.string(), secondsLeft: z.number() });
const dailySchema = z.object({
  configured: z.boolean(),
  rotatesAgain: z.boolean(),
  foreignSecretUuids: z.array(z.string()),
});
const retiredSchema = z.object({ retired: z.boolean() });
const failureSchema = z.object({ errorMessage: z.string() });

/** What a run of the token refresh did. */
export type RefreshReport = z.output<typeof refreshSchema>;

/** What a daily run of the rotation did. */
export type DailyReport = z.output<typeof dailySchema>;

/** The functions of a stack that the command has work done by; all throw FunctionFailedError. */
export interface StackFunctions {
  /** The environment of the rotation function: the settings of the stack. */
  readSettings(): Promise<Record<string, string>>;
  /** Has a new access token minted from the stored credentials. */
  refreshToken(): Promise<RefreshReport>;
  /** Repairs what a crash left, brings `/health/details` up to date, and restarts a failed rotation. */
  runDaily(): Promise<DailyReport>;
  /**
   * Deletes the previous client secret at Adobe at once.
   *
   * @param uuid must be that of the previous secret
   * @returns false if Adobe does not list it any more
   */
  deletePreviousSecret(uuid: string): Promise<boolean>;
}

/** @throws {StackNotFoundError} if there is no such function */
const callFunction = async <Result>(
  stackName: string,
  name: FunctionName,
  work: (FunctionName: string) => Promise<Result>,
): Promise<Result> => {
  const functionName = lambdaName(stackName, name);
  try {
    return await work(functionName);
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    throw new StackNotFoundError(`There is no function ${functionName}: is the stack deployed, and the stage right?`);
  }
};

/**
 * Reads the environment of a function: the settings of the stack as it knows them.
 *
 * @throws {CredentialsError} if there is no such function, or AWS does not show its environment
 */
export const readEnvironment = (
  lambda: LambdaClient,
  stackName: string,
  name: FunctionName,
): Promise<Record<string, string>> =>
  callFunction(stackName, name, async (FunctionName) => {
    const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    if (Environment?.Error) {
      throw new CredentialsError(`AWS does not show the settings of ${FunctionName}: ${Environment.Error.Message}`);
    }
    return Environment?.Variables ?? {};
  });

/** Opens the functions of a stack by its name. */
export const openStackFunctions = (lambda: LambdaClient, stackName: string): StackFunctions => {
  const invoke = <Schema extends z.ZodType>(name: FunctionName, event: object, answer: Schema) =>
    callFunction(stackName, name, async (FunctionName): Promise<z.output<Schema>> => {
      const { FunctionError: failure, Payload: payload } = await lambda.send(
        new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }),
      );
      const content: unknown = JSON.parse(payload?.transformToString() || 'null');
      if (failure === undefined) return answer.parse(content);
      const told = failureSchema.safeParse(content);
      throw new FunctionFailedError(`${FunctionName} failed: ${told.success ? told.data.errorMessage : failure}`);
    });

  return {
    readSettings: () => readEnvironment(lambda, stackName, 'secret-rotation'),
    refreshToken: () => invoke('token-refresh', { reason: 'rotated' }, refreshSchema),
    runDaily: () => invoke('secret-rotation', { action: 'daily' }, dailySchema),
    deletePreviousSecret: async (confirm) => {
      const { retired } = await invoke('secret-rotation', { action: 'retire-now', confirm }, retiredSchema);
      return retired;
    },
  };
};
