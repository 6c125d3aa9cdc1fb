import { expect, it, onTestFinished } from 'vitest';
import { startApi } from '../fixture.ts';

it('stores the files of a form that its request names, and no others', async () => {
  const api = await startApi({ otherLanes: ['content-tagging'] });
  onTestFinished(api.close);
  const form = new FormData();
  form.set(
    'contentAnalyzerRequests',
    JSON.stringify({
      'sensei:name': 'test',
      'sensei:invocation_mode': 'asynchronous',
      'sensei:invocation_batch': false,
      'sensei:engines': [
        {
          'sensei:execution_info': { 'sensei:engine': `Feature:autocrop:Service-${'a'.repeat(32)}` },
          'sensei:inputs': { documents: [{ 'sensei:multipart_field_name': 'named', 'dc:format': 'image/jpg' }] },
          'sensei:params': {},
          'sensei:outputs': { result: { 'sensei:multipart_field_name': 'result', 'dc:format': 'application/json' } },
        },
      ],
    }),
  );
  for (const name of ['named', 'other', 'another'])
    form.set(name, new Blob([`picture ${name}`], { type: 'image/jpeg' }), name);
  const sent = new Response(form);
  const response = await api.call({
    method: 'POST',
    path: '/services/v2/predict',
    headers: { 'content-type': sent.headers.get('content-type') ?? '' },
    body: Buffer.from(await sent.arrayBuffer()).toString('base64'),
    isBase64Encoded: true,
  });
  expect(response.statusCode).toBeLessThan(300);
  const stored = [...api.recorded.objects.values()].map((bytes) => Buffer.from(bytes).toString());
  expect(stored).toEqual(['picture named']);
});
