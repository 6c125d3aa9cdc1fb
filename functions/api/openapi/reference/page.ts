import { curlExample } from './example.ts';
import { type Html, html, prose } from './html.ts';
import { type Bodies, bodyTables, fieldTable, type Schema, schemaTable } from './schema.ts';

/** What the page reads of a call. */
interface Call {
  operationId?: string;
  tags?: string[];
  summary?: string;
  description?: string;
  parameters?: { name: string; in: string; required?: boolean; description?: string; schema?: Schema }[];
  requestBody?: { content: Bodies };
  responses?: Record<string, Answer>;
  security?: unknown[];
}

interface Answer {
  description?: string;
  content?: Bodies;
  headers?: Record<string, { description?: string }>;
}

/** What the page reads of an OpenAPI document. */
export interface Description {
  info: { title: string; version: string; description?: string };
  tags?: { name: string; description?: string }[];
  paths?: Record<string, Record<string, Call>>;
  webhooks?: Record<string, Record<string, Call>>;
  components?: { schemas?: Record<string, Schema> };
}

interface Entry {
  id: string;
  tag: string;
  method: string;
  path: string;
  call: Call;
}

/** The whole description as one page: plain HTML, complete without its script, which only filters what is shown. */
export const renderReference = (description: Description): string => {
  const { info, tags = [], components = {} } = description;
  const schemas = components.schemas ?? {};
  const calls = listCalls(description.paths ?? {}, 'call');
  const messages = listCalls(description.webhooks ?? {}, 'message');
  const groups = tags.map((tag) => ({ ...tag, calls: calls.filter((entry) => entry.tag === tag.name) }));
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${info.title} ${info.version}</title>
<link rel="stylesheet" href="/docs/reference.css">
<script src="/docs/reference.js" defer></script>
</head>
<body>
<a class="skip" href="#content">Skip to the calls</a>
<header><h1>${info.title} <small>${info.version}</small></h1><p>${prose(info.description)}</p>
<p><a href="/openapi.json">openapi.json</a>, for programs that generate clients</p></header>
<nav aria-label="Calls">
<label for="filter" hidden>Filter <kbd>/</kbd></label><input id="filter" type="search" autocomplete="off" spellcheck="false" hidden>
<output for="filter"></output>
${groups.map(({ name, calls: listed }) => navigationList(name, listed))}
${navigationList('Messages to webhooks', messages)}
<p><a href="#schemas">Schemas</a></p>
</nav>
<main id="content" tabindex="-1">
${credentials}
${groups.map(
  (group) => html`<section aria-labelledby="tag-${group.name}"><h2 id="tag-${group.name}">${group.name}</h2>
<p>${prose(group.description)}</p>${group.calls.map((entry) => callArticle(entry, schemas))}</section>
`,
)}
<section aria-labelledby="messages"><h2 id="messages">Messages to webhooks</h2>${messages.map(messageArticle)}</section>
<section aria-labelledby="schemas"><h2 id="schemas">Schemas</h2>${Object.entries(schemas).map(
    ([name, schema]) => html`<article id="${name}"><h3>${name}</h3>${schemaTable(schema)}</article>
`,
  )}</section>
</main>
</body>
</html>
`;
  return page.text;
};

const listCalls = (paths: Record<string, Record<string, Call>>, kind: string): Entry[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, call]) => ({
      id: call.operationId ?? `${kind}-${path}`,
      tag: call.tags?.[0] ?? '',
      method: method.toUpperCase(),
      path,
      call,
    })),
  );

const navigationList = (
  title: string,
  entries: readonly Entry[],
): Html => html`<details open><summary>${title}</summary><ul>
${entries.map(
  ({ id, method, path, call }) =>
    html`<li><a href="#${id}" title="${call.summary ?? ''}"><b class="${method}">${method}</b> ${path}</a></li>
`,
)}</ul></details>
`;

const credentials = html`<section aria-labelledby="credentials"><h2 id="credentials">Before the examples</h2>
<p>In bash or zsh, with the URL of your gateway and, as it is set up, a token or AWS credentials:</p>
<pre tabindex="0"><code>GATEWAY=https://&lt;api-id&gt;.execute-api.&lt;region&gt;.amazonaws.com
# a gateway in the mode callers or jwt
AUTH=(-H "authorization: Bearer $TOKEN")
# a gateway in the mode iam
AUTH=(--aws-sigv4 "aws:amz:$AWS_REGION:execute-api" --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" \\
  -H "x-amz-security-token: $AWS_SESSION_TOKEN")
# the embedded stack
GATEWAY=http://127.0.0.1:3000 AUTH=()</code></pre></section>
`;

const heading = ({ id, method, path, call }: Entry): Html =>
  html`<h3><a href="#${id}"><b class="${method}">${method}</b> <code>${path}</code></a></h3>
<p class="summary">${prose(call.summary)}</p>${call.description !== undefined && html`<p>${prose(call.description)}</p>`}`;

const callArticle = (entry: Entry, schemas: Readonly<Record<string, Schema>>): Html => {
  const { method, path, call } = entry;
  const open = call.security?.length === 0;
  return html`<article id="${entry.id}">${heading(entry)}
<pre tabindex="0"><code>${curlExample({ method, path, bodies: call.requestBody?.content, open, schemas })}</code></pre>
${open && html`<p>Takes no credentials.</p>`}
${inputs(call)}${answers(call.responses ?? {})}</article>
`;
};

const messageArticle = (entry: Entry): Html => html`<article id="${entry.id}">${heading(entry)}
${inputs(entry.call)}${answers(entry.call.responses ?? {})}</article>
`;

const inputs = ({ parameters = [], requestBody }: Call): Html => {
  const fields = parameters.map(({ name, in: place, required = false, schema = {} }) => ({
    path: name,
    required,
    schema: { ...schema, description: `In the ${place}. ${schema.description ?? ''}`.trim() },
  }));
  return html`${fields.length > 0 && html`<h4>Parameters</h4>${fieldTable('Name', fields)}`}
${requestBody !== undefined && html`<h4>Body</h4>${bodyTables(requestBody.content)}`}`;
};

const isError = ([status]: readonly [string, Answer]): boolean => /^[45]/.test(status);

const answers = (responses: Record<string, Answer>): Html => {
  const all = Object.entries(responses);
  const errors = all.filter((each) => isError(each) && each[1].content !== undefined).map(([status]) => status);
  return html`<h4>Answers</h4>${all
    .filter(([status]) => !errors.includes(status))
    .map(([status, { description, content, headers }]) => {
      const named = Object.entries(headers ?? {}).map(
        ([name, header]) => html`<li>header <code>${name}</code>: ${prose(header.description)}</li>`,
      );
      const summary = html`<b>${status}</b> ${prose(description)}`;
      if (content === undefined && named.length === 0) return html`<p>${summary}</p>`;
      return html`<details><summary>${summary}</summary>${named.length > 0 && html`<ul>${named}</ul>`}${bodyTables(
        content ?? {},
      )}</details>`;
    })}${errors.length > 0 && html`<p>Errors, each a <a href="#Problem">Problem</a>: ${errors.join(', ')}</p>`}`;
};
