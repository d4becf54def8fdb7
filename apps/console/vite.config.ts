import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const repository = resolve(import.meta.dirname, '../..');
const gateway = 'http://localhost:3000';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  resolve: {
    // Its package entry is the development build, with warnings that nobody sees in production.
    alias: [
      { find: /^react-router$/, replacement: 'react-router/dist/production/index.mjs' },
      { find: /^react-router\/dom$/, replacement: 'react-router/dist/production/dom-export.mjs' },
    ].map(({ find, replacement }) => ({
      find,
      replacement: resolve(repository, 'node_modules', replacement),
    })),
  },
  build: {
    outDir: resolve(repository, 'dist/apps/console'),
    emptyOutDir: true,
    target: 'es2022',
    rolldownOptions: {
      output: {
        // What every page needs comes in few files that stay the same from release to release; pages come by themselves.
        codeSplitting: {
          groups: [
            {
              name: 'framework',
              test: /node_modules\/(react|react-dom|scheduler|react-router|@tanstack|i18next|react-i18next|openapi-fetch)\//,
            },
            { name: 'controls', test: /node_modules\//, minShareCount: 6 },
            { name: 'console', test: /console\/src\/(api|money|session|theme|ui)\//, minShareCount: 2 },
          ],
        },
      },
    },
  },
  server: {
    proxy: {
      '/v1': gateway,
      '/socket.io': { target: gateway, ws: true },
    },
  },
});
