import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

// The components bring their texts in some thirty languages, half a megabyte. The console speaks English; numbers and dates follow
// the reader's locale by Intl, which needs none of them.
const englishTexts: Plugin = {
  name: 'english-texts',
  enforce: 'pre',
  async resolveId(source, importer, options) {
    const locale = /^(?<path>.*\/)(?<tag>[a-z]{2}-[A-Z]{2})\.(?<ending>m?js)$/.exec(source)?.groups;
    if (locale === undefined || locale['tag'] === 'en-US' || !importer?.includes('node_modules')) return null;
    const english = `${locale['path']}en-US.${locale['ending']}`;
    return (await this.resolve(english, importer, { ...options, skipSelf: true })) ?? null;
  },
};

/** How the console is built: files with hashed names, which the gateway serves below `/console/`. */
export default defineConfig({
  root: import.meta.dirname,
  base: '/console/',
  plugins: [englishTexts, react()],
  build: {
    target: 'es2023',
    // The policy of the page lets neither scripts nor images in as text.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1_000,
  },
});
