import { Button } from '@adobe/react-spectrum/Button';
import { useQuery } from '@tanstack/react-query';
import { callApi } from '../../api/client.ts';
import { ApiProblem } from '../../api/problem.ts';
import { FieldView } from '../../make/fields/field-view.tsx';
import { applyChange } from '../../make/form/apply-change.ts';
import { formatPath, isObject } from '../../make/form/body.ts';
import { FormContext } from '../../make/form/form-context.ts';
import { describeField } from '../../make/schema/describe-field.ts';
import type { ObjectField } from '../../make/schema/field.ts';
import { resolveSchema } from '../../make/schema/json-schema.ts';
import type { ApiDescription } from '../../make/schema/operations.ts';
import '../../make/make.css';
import { Loading } from '../../ui/loading.tsx';
import { ProblemNotice } from '../../ui/problem-notice.tsx';
import { useDraft } from '../../ui/use-draft.ts';
import { type Caller, useChangeCaller } from './caller-api.ts';

interface PolicyDraft extends Record<string, unknown> {
  /** Undefined until something was changed. */
  policy: unknown;
}

const noDraft: PolicyDraft = { policy: undefined };

/** What a caller may do and how much: a form of the schema that the gateway itself validates with. */
export const PolicyForm = ({ caller }: { caller: Caller }) => {
  const { data: field, error, isPending, refetch } = usePolicyField();
  return (
    <section className="panel" aria-labelledby="policy">
      <h2 id="policy">Policy</h2>
      <p>What it leaves open is ruled by the defaults of the stage, or not limited.</p>
      {error && <ProblemNotice title="The form cannot be built" error={error} onRetry={() => refetch()} />}
      {isPending && <Loading label="Loading the form of the policy" />}
      {field && <PolicyFields caller={caller} field={field} />}
    </section>
  );
};

const PolicyFields = ({ caller, field }: { caller: Caller; field: ObjectField }) => {
  const [draft, change, forget] = useDraft(`policy ${caller.callerId}`, noDraft);
  const save = useChangeCaller(caller.callerId);
  const policy = draft.policy ?? caller.policy ?? {};
  const values = isObject(policy) ? policy : {};
  const problems = new Map<string, string[]>();
  const fields = save.error instanceof ApiProblem ? save.error.fields : [];
  for (const { path, message } of fields) problems.set(formatPath(path), [message]);
  const scope = {
    where: 'body' as const,
    whole: policy,
    model: undefined,
    problems,
    change: (path: readonly (string | number)[], value: unknown) =>
      change({ policy: applyChange(field, policy, path.slice(1), value) ?? {} }),
  };
  return (
    <form
      className="fields"
      aria-label="Policy"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({ policy }, { onSuccess: forget });
      }}
    >
      <FormContext value={scope}>
        {field.fields().map((inner) => (
          <FieldView key={inner.name} field={inner} path={['policy', inner.name]} value={values[inner.name]} />
        ))}
      </FormContext>
      <div className="toolbar">
        <Button variant="accent" type="submit" isPending={save.isPending} isDisabled={draft.policy === undefined}>
          Save policy
        </Button>
        {draft.policy !== undefined && (
          <Button variant="secondary" onPress={forget}>
            Undo changes
          </Button>
        )}
        <span role="status">{save.isSuccess && draft.policy === undefined && 'Saved'}</span>
      </div>
      {save.error && fields.length === 0 && <ProblemNotice title="The policy was not saved" error={save.error} />}
    </form>
  );
};

const usePolicyField = () =>
  useQuery({
    queryKey: ['policy-field'],
    queryFn: async ({ signal }) => readPolicyField(await callApi<ApiDescription>('/openapi.json', { signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Finds the form of a policy in the description of the API. */
const readPolicyField = ({ paths, components }: ApiDescription): ObjectField => {
  const named = components?.schemas ?? {};
  const schema = paths['/callers/{callerId}']?.['put']?.requestBody?.content['application/json']?.schema;
  const policy = schema && resolveSchema(schema, named).properties?.['policy'];
  const position = { name: 'policy', place: 'policy', isRequired: true };
  const field = policy && describeField(policy, position, { named, promptPlaces: [] });
  if (field?.kind !== 'object') throw new Error('The description of the API says nothing of policies.');
  return field;
};
