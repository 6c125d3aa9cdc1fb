import { createHash, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDemoCallers, type DemoCaller } from '#local/demo-callers.ts';
import { startConsole, type TestConsole } from '#test/fixtures/console.ts';
import { withoutPictures } from '#test/fixtures/gateway.ts';

const startWith = (consoleSignIn: object): Promise<TestConsole> =>
  startConsole({ ...withoutPictures, settings: { ...withoutPictures.settings, consoleSignIn } });

const refused = /status of (400|401|403)/;

describe('signing in with a client id and secret', () => {
  let console: TestConsole;
  let caller: DemoCaller;
  beforeAll(async () => {
    console = await startWith({ authMode: 'callers' });
    const [first] = await createDemoCallers(console.gateway.stack.description);
    if (first === undefined) throw new Error('There is no caller');
    caller = first;
  });
  afterAll(() => console.close());

  const fill = async (page: Awaited<ReturnType<TestConsole['open']>>['page'], secret: string) => {
    await page.getByLabel('Client id').fill(caller.clientId);
    await page.getByLabel('Client secret').fill(secret);
    await page.getByRole('button', { name: 'Sign in' }).click();
  };

  it('says what is wrong, lets in, stays while the tab is open if asked to, and forgets everything on the way out', async () => {
    const { page, done, requests } = await console.open('/', { expected: refused });
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(requests.filter((request) => request.startsWith('GET /jobs'))).toEqual([]);
    await fill(page, 'not-the-secret');
    await page.getByText('does not know this id with this secret').waitFor();
    await page.getByRole('checkbox', { name: 'Stay signed in while this tab is open' }).click();
    await fill(page, caller.clientSecret);
    await page.getByRole('heading', { name: 'Nothing was made yet' }).waitFor();
    await page.getByText(caller.clientId).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Nothing was made yet' }).waitFor();
    expect(page.url()).not.toContain('token');
    await page.evaluate("localStorage.setItem('draft', 'something typed')");
    // What was there is gone with the page.
    await Promise.all([page.waitForEvent('domcontentloaded'), page.getByRole('button', { name: 'Sign out' }).click()]);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    // React Router writes down how far the page was scrolled whenever one is left.
    const kept = await page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }])');
    expect(kept).not.toMatch(/something typed|token/);
    await done();
  });

  it('keeps the token in memory otherwise, and asks again over the page without losing what was typed', async () => {
    const { page, done } = await console.open('/', { expected: refused });
    await fill(page, caller.clientSecret);
    await page.getByRole('heading', { name: 'Nothing was made yet' }).waitFor();
    expect(await page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }])')).not.toContain('token');
    await page.getByRole('button', { name: 'More filters' }).click();
    await page.route('**/jobs?*', (route) =>
      route.fulfill({ status: 401, contentType: 'application/problem+json', body: '{"error_code":"token_expired"}' }),
    );
    await page.getByLabel('Model').fill('image4');
    const dialog = page.getByRole('dialog', { name: 'Your sign-in has expired' });
    await dialog.waitFor();
    await page.unroute('**/jobs?*');
    await fill(page, caller.clientSecret);
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(() => page.getByLabel('Model').inputValue()).toBe('image4');
    await page.getByRole('heading', { name: 'Nothing fits these filters' }).waitFor();
    await done();
  });

  it('keeps what is typed into the form that makes pictures over a sign-in that expired, and forgets it on the way out', async () => {
    const { page, done } = await console.open('/new', { expected: refused });
    await fill(page, caller.clientSecret);
    const prompt = page.getByRole('textbox', { name: /^Prompt(?! bias)/ });
    await prompt.fill('half a thou');
    const estimated = page.waitForResponse(
      (response) => response.url().endsWith('/estimates') && response.request().postData()?.includes('"art"') === true,
    );
    await page.getByRole('radio', { name: 'Art' }).press('Space');
    // One that is still to come would bring the dialog before anything is typed.
    await estimated;
    // The gateway takes the token no longer: while somebody types the next estimate says so.
    const expired = { status: 401, contentType: 'application/problem+json', body: '{"error_code":"token_expired"}' };
    await page.route('**/estimates', (route) => route.fulfill(expired));
    await page.route('**/v3/**', (route) => route.fulfill(expired));
    await prompt.fill('half a thought');
    const dialog = page.getByRole('dialog', { name: 'Your sign-in has expired' });
    await dialog.waitFor();
    await page.unroute('**/estimates');
    await page.unroute('**/v3/**');
    // Even a reload instead of an answer to the form loses nothing.
    await page.reload();
    await fill(page, caller.clientSecret);
    await page.getByText('Costs 1 operation for 1 output').waitFor();
    await expect.poll(() => prompt.inputValue()).toBe('half a thought');
    await expect.poll(() => page.getByRole('radio', { name: 'Art' }).isChecked()).toBe(true);
    // It may expire at the very click, too.
    await page.route('**/v3/**', (route) => route.fulfill(expired));
    await page.getByRole('button', { name: 'Make', exact: true }).click();
    await dialog.waitFor();
    await page.unroute('**/v3/**');
    await fill(page, caller.clientSecret);
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Make', exact: true }).click();
    await page.getByRole('article', { name: 'Job: half a thought' }).waitFor();
    await expect.poll(() => page.evaluate('JSON.stringify({ ...sessionStorage })')).toContain('half a thought');
    // What was there is gone with the page.
    await Promise.all([page.waitForEvent('domcontentloaded'), page.getByRole('button', { name: 'Sign out' }).click()]);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }])')).not.toContain(
      'thought',
    );
    await page.goto(`${console.gateway.url}/console/new`);
    await fill(page, caller.clientSecret);
    await prompt.waitFor();
    await expect.poll(() => prompt.inputValue()).toBe('');
    await done();
  });
});

describe('signing in at an issuer', () => {
  const codes = new Map<string, string>();
  const seen: { challenge: string; verified: boolean }[] = [];
  let url = '';
  const issuer = createServer((request, response) => {
    const target = new URL(request.url ?? '/', url);
    const json = (body: object, status = 200) => {
      response.writeHead(status, { 'content-type': 'application/json', 'access-control-allow-origin': '*' });
      response.end(JSON.stringify(body));
    };
    if (target.pathname === '/.well-known/openid-configuration') {
      const at = (path: string) => `${url}${path}`;
      return json({
        issuer: url,
        authorization_endpoint: at('/authorize'),
        token_endpoint: at('/token'),
        jwks_uri: at('/keys'),
      });
    }
    if (target.pathname === '/authorize') {
      const code = randomUUID();
      codes.set(code, target.searchParams.get('code_challenge') ?? '');
      const back = new URL(target.searchParams.get('redirect_uri') ?? '');
      back.searchParams.set('state', target.searchParams.get('state') ?? '');
      if (target.searchParams.get('scope')?.includes('denied')) back.searchParams.set('error', 'access_denied');
      else back.searchParams.set('code', code);
      response.writeHead(302, { location: back.href });
      return response.end();
    }
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    return request.on('end', () => {
      const form = new URLSearchParams(body);
      const challenge = codes.get(form.get('code') ?? '') ?? '';
      const verified =
        createHash('sha256')
          .update(form.get('code_verifier') ?? '')
          .digest('base64url') === challenge;
      seen.push({ challenge, verified });
      json(
        { access_token: `${form.get('client_id')}.token`, token_type: 'Bearer', expires_in: 600 },
        verified ? 200 : 400,
      );
    });
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    issuer.close();
  });

  it('uses a code with PKCE in a window of its own, and sends the token as a header', async () => {
    const console = await startWith({ authMode: 'jwt', issuer: url, clientId: 'console', scopes: ['images'] });
    const { page, done } = await console.open('/batches', { origins: [url] });
    const authorizations: (string | undefined)[] = [];
    page.on('request', (request) => {
      if (new URL(request.url()).pathname === '/batches') authorizations.push(request.headers()['authorization']);
    });
    await page.getByRole('button', { name: /^Sign in at/ }).click();
    await page.getByRole('heading', { name: 'Batches' }).waitFor();
    expect(seen).toEqual([{ challenge: expect.stringMatching(/^[\w-]{43}$/), verified: true }]);
    await expect.poll(() => new Set(authorizations)).toEqual(new Set(['Bearer console.token']));
    expect(new URL(page.url()).pathname).toBe('/console/batches');
    await done();
    await console.close();
  });

  it('says what the issuer said when it lets nobody in, and what an operator must set where the console is unknown', async () => {
    const console = await startWith({ authMode: 'jwt', issuer: url, clientId: 'console', scopes: ['denied'] });
    const { page, done } = await console.open('/', { origins: [url] });
    await page.getByRole('button', { name: /^Sign in at/ }).click();
    await page.getByText('The issuer did not sign you in: access_denied').waitFor();
    await done();
    await console.close();
    const unknown = await startWith({ authMode: 'jwt', issuer: url });
    const other = await unknown.open('/');
    await other.page.getByText('consoleClientId').waitFor();
    await other.done();
    await unknown.close();
  });
});

describe('in mode iam', () => {
  it('the page names the command that signs', async () => {
    const console = await startWith({ authMode: 'iam' });
    const { page, done } = await console.open('/');
    await page.getByText('npm run console -- --stage local').waitFor();
    await done();
    await console.close();
  });
});
