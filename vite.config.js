// Two bundles with stable names: Django's static storage adds the hash when it collects them.
import { cpSync, mkdirSync } from 'node:fs'
import { resolve } from 'node:path'

const fonts = /\.woff2$/

/** What the pages link by name and no bundle mentions. */
function loose() {
  return {
    name: 'loose-files',
    closeBundle() {
      mkdirSync('ui/dist', { recursive: true })
      cpSync('ui/src/public', 'ui/dist', { recursive: true })
    },
  }
}

export default {
  root: 'ui/src',
  base: './',
  publicDir: false,
  plugins: [loose()],
  build: {
    outDir: resolve('ui/dist'),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    cssMinify: true,
    modulePreload: false,
    target: ['chrome100', 'safari15', 'firefox100'],
    rollupOptions: {
      input: { app: resolve('ui/src/app.js'), style: resolve('ui/src/css/app.css') },
      output: {
        entryFileNames: '[name].js',
        chunkFileNames: '[name].js',
        assetFileNames: (asset) => (fonts.test(asset.names?.[0] ?? '') ? 'fonts/[name][extname]' : '[name][extname]'),
      },
    },
  },
}
