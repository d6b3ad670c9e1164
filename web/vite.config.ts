import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** A page a role. Assets are relative and never inlined, so that a strict content security policy fits. */
export default defineConfig(({ mode }) => ({
  base: './',
  plugins: [svelte()],
  resolve: {
    alias: { $lib: here('./src/lib') },
    ...(mode === 'test' ? { conditions: ['browser'] } : {}),
  },
  worker: { format: 'es' },
  build: {
    outDir: 'dist',
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1400,
    rollupOptions: { input: { operator: here('./operator.html'), town: here('./town.html') } },
  },
  test: { environment: 'happy-dom', include: ['tests/**/*.test.ts'] },
}));
