/** What stands below a field: what is wrong with it, and what it is for. */
export const FieldNotes = (props: { id?: string; hint: string | undefined; problems?: readonly string[] }) => {
  const { id, hint, problems = [] } = props;
  return (
    <div id={id} className="notes">
      {problems.map((problem) => (
        <p key={problem} className="problem long-text">
          {problem}
        </p>
      ))}
      {hint !== undefined && <p className="hint">{hint}</p>}
    </div>
  );
};
