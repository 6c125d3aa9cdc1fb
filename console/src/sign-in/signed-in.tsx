import { useEffect } from 'react';
import { signInChannel } from './signed-in-channel.ts';

/** Where the issuer leads its window back to: hands on what came with the address, and closes. */
export const Component = () => {
  useEffect(() => {
    const channel = new BroadcastChannel(signInChannel);
    channel.postMessage(location.search);
    history.replaceState(null, '', location.pathname);
    channel.close();
    window.close();
  }, []);
  return (
    <div className="sign-in" role="status">
      <h1>Signed in</h1>
      <p>This window can be closed.</p>
    </div>
  );
};
