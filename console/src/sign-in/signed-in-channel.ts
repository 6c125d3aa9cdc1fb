/** The channel by which the window of the issuer reaches the page that opened it, whatever the issuer's page does to the link between them. */
export const signInChannel = 'firefly-gateway.sign-in';
