import { ActionButton } from '@adobe/react-spectrum/ActionButton';
import { useOwnCaller } from '../api/own-caller.ts';
import { session, useSession } from '../api/session.ts';

/** Who is signed in, and the way out. */
export const Account = () => {
  const { status } = useSession();
  const { data } = useOwnCaller();
  if (status === 'signed-out') return null;
  return (
    <>
      {data && <span className="caller">{data.caller}</span>}
      <ActionButton isQuiet onPress={() => void session.end()}>
        Sign out
      </ActionButton>
    </>
  );
};
