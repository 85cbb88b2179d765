import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { defineConfig } from 'vite';

// GraphiQL's style carries its fonts; the reader's own do as well and spare
// 350 kB and two more licences.
const withoutFonts = {
  name: 'without-fonts',
  enforce: 'pre',
  transform(code, id) {
    return id.endsWith('.css') ? code.replaceAll(/@font-face\s*\{[^}]*\}/g, '') : null;
  },
};

// The licences of everything that went into the bundle stand beside it.
const licences = {
  name: 'licences',
  generateBundle() {
    const packages = new Map();
    for (const id of this.getModuleIds()) {
      const home = packageHome(id.replace(/^\0/, '').replace(/\?.*$/, ''));
      if (home) {
        const { name, version, license } = JSON.parse(readFileSync(join(home, 'package.json')));
        packages.set(`${name} ${version} (${license})`, licenceText(home));
      }
    }
    const source = [...packages].sort().map(([title, text]) => `${title}\n\n${text}\n`);
    this.emitFile({ type: 'asset', fileName: 'assets/licences.txt', source: source.join('\n') });
  },
};

function packageHome(id) {
  if (!id.includes('/node_modules/')) return null;
  for (let folder = dirname(id); ; folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (existsSync(file) && JSON.parse(readFileSync(file)).version) return folder;
  }
}

function licenceText(home) {
  const file = readdirSync(home).find((name) => /^licen[cs]e/i.test(name));
  return file ? readFileSync(join(home, file), 'utf8').trim() : 'The package brings no text of its licence.';
}

// A test compares this list with the sources, so that nobody forgets to build.
const sources = {
  name: 'sources',
  generateBundle() {
    const inSrc = readdirSync('src', { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative('.', join(entry.parentPath, entry.name)));
    const list = ['package.json', 'package-lock.json', 'vite.config.js', ...inSrc].sort().map((file) => {
      const sum = createHash('sha256').update(readFileSync(file)).digest('hex');
      return `${sum}  ${file}\n`;
    });
    this.emitFile({ type: 'asset', fileName: 'sources.txt', source: list.join('') });
  },
};

// The built files are committed: one script and one style, with plain names, and
// the same sources always give the same bytes. What stands in public is copied.
export default defineConfig({
  root: 'src',
  plugins: [withoutFonts, licences, sources],
  esbuild: { jsx: 'automatic' },
  build: {
    outDir: '../dist',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: false,
    chunkSizeWarningLimit: 2500,
    rollupOptions: {
      input: 'src/graphiql.html',
      output: {
        entryFileNames: 'assets/[name].js',
        assetFileNames: 'assets/[name][extname]',
        inlineDynamicImports: true,
      },
    },
  },
});
