// Two bundles with stable names: Django's static storage adds the hash when it collects them.
import { resolve } from 'node:path'

const fonts = /\.woff2$/

export default {
  root: 'ui/src',
  base: './',
  publicDir: 'public',
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
