/** The look of the page: light or dark as the reader's system, one column below 60 rem, down to 320 px. */
export const style = `:root {
  color-scheme: light dark;
  --ink: light-dark(#1b1f24, #e6e8eb);
  --quiet: light-dark(#57606a, #9aa4af);
  --paper: light-dark(#fff, #14171b);
  --shade: light-dark(#f3f5f7, #1e2329);
  --line: light-dark(#d0d7de, #363d46);
  --link: light-dark(#0b57b0, #7cb7ff);
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0 auto; max-width: 90rem; padding: 1rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; background: var(--paper); }
h1 { margin: 0; font-size: 1.6rem; }
h1 small, .summary { color: var(--quiet); font-weight: normal; }
h2 { margin: 2.5rem 0 0; border-bottom: 2px solid var(--line); }
h3 { margin: 0; font-size: 1.1rem; }
h3 a, nav a { color: inherit; text-decoration: none; }
h3 a:hover, nav a:hover { text-decoration: underline; }
h4 { margin: 1.2rem 0 .3rem; }
h5 { margin: .6rem 0 .3rem; font-size: 1rem; font-weight: normal; color: var(--quiet); }
article { margin: 1rem 0; padding: 1rem; border: 1px solid var(--line); border-radius: .5rem; }
article:target { border-color: var(--link); box-shadow: 0 0 0 1px var(--link); }
code, pre, kbd { font: .9em ui-monospace, monospace; }
pre { margin: .6rem 0; padding: .7rem; border-radius: .4rem; background: var(--shade); overflow-x: auto; overflow-wrap: normal; }
kbd { padding: 0 .35em; border: 1px solid var(--line); border-radius: .25em; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: .92rem; }
th, td { padding: .35rem .6rem .35rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { font-weight: normal; min-width: 9rem; }
thead th, th b { color: var(--quiet); font-weight: normal; font-size: .85em; }
td:last-child { min-width: 11rem; }
details > summary { padding: .2rem 0; cursor: pointer; }
b[class] { display: inline-block; min-width: 3.6em; font: 700 .75rem ui-monospace, monospace; }
.GET { color: light-dark(#0a6640, #5fd39b); }
.POST { color: light-dark(#0b57b0, #7cb7ff); }
.PUT { color: light-dark(#8a5a00, #f0b849); }
.DELETE { color: light-dark(#b3261e, #ff8f87); }
nav ul { margin: 0 0 .5rem; padding: 0; list-style: none; font-size: .88rem; }
nav li { padding: .15rem 0; }
#filter { width: 100%; padding: .4rem .6rem; border: 1px solid var(--line); border-radius: .4rem; background: var(--shade);
  color: inherit; font: inherit; }
output { color: var(--quiet); font-size: .88rem; }
[hidden] { display: none !important; }
@media (min-width: 60rem) {
  body { display: grid; grid-template-columns: 21rem minmax(0, 1fr); column-gap: 2.5rem; }
  header { grid-column: 1 / -1; }
  nav { position: sticky; top: 0; max-height: 100vh; padding: 1rem .3rem; overflow-y: auto; }
}
@media (max-width: 40rem) {
  thead { position: absolute; left: -99rem; }
  tr { display: block; padding: .35rem 0; border-bottom: 1px solid var(--line); }
  th, td { display: block; padding: 0; border: 0; }
  td:nth-child(2) { color: var(--quiet); }
}
@media print { nav, .skip { display: none; } }
`;

/**
 * Filters calls and schemas by all the words that are typed, in anything that is said of them; `/` leads to the field and Escape
 * shows everything again.
 */
export const script = `'use strict';
const field = document.getElementById('filter');
const count = document.querySelector('output');
const label = document.querySelector('label');
const articles = [...document.querySelectorAll('article')].map((element) => ({
  element, text: (element.id + ' ' + element.textContent).toLowerCase(),
}));
const links = new Map([...document.querySelectorAll('nav li')].map((item) => [item.querySelector('a').hash.slice(1), item]));
const show = () => {
  const words = field.value.toLowerCase().split(/\\s+/).filter(Boolean);
  let shown = 0;
  for (const { element, text } of articles) {
    const found = words.every((word) => text.includes(word));
    element.hidden = !found;
    const link = links.get(encodeURIComponent(element.id)) || links.get(element.id);
    if (link) link.hidden = !found;
    if (found) shown += 1;
  }
  for (const part of document.querySelectorAll('main section, nav details')) {
    const items = [...part.querySelectorAll(part.localName === 'section' ? 'article' : 'li')];
    if (items.length > 0) part.hidden = items.every((item) => item.hidden);
  }
  count.value = words.length > 0 ? shown + ' of ' + articles.length : '';
};
field.hidden = label.hidden = false;
field.addEventListener('input', show);
document.addEventListener('keydown', (event) => {
  if (event.key === '/' && document.activeElement !== field) {
    event.preventDefault();
    field.focus();
  } else if (event.key === 'Escape' && field.value !== '') {
    field.value = '';
    show();
  }
});
addEventListener('hashchange', () => {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target && target.closest('[hidden]')) {
    field.value = '';
    show();
    target.scrollIntoView();
  }
});
if (matchMedia('(max-width: 60rem)').matches) {
  for (const list of document.querySelectorAll('nav details')) list.open = false;
}
`;
