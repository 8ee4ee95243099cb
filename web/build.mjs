// Builds web/dist: ES modules and style sheets with content-hashed names, and manifest.json {"citizen.js": "citizen-AB12CD34.js", …}.
// Prints every size and fails above the limits, so that no page grows unnoticed.
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { key } from './app/key.js';
import { readPo } from './po.mjs';

const web = dirname(fileURLToPath(import.meta.url));
const dist = join(web, 'dist');
const at = (...parts) => join(web, ...parts);
const LIMITS = { 'widget.js': 3, 'citizen.js': 38, '+ in a talk': 10, 'all, Chinese': 45, 'all, English': 60 }; // KB, gzip
const LATER = 'app/promises';
const ENGLISH = `${LATER}/english.js`;
const SHEETS = ['tokens', 'base', 'frame', 'components', 'forms', 'talk', 'clock'];
// An app is built when its entry exists; a style sheet of the same name beside it is built with it.
const APPS = { citizen: at('app', 'citizen', 'consult.js'), console: at('app', 'lawyer', 'console.js'), expert: at('app', 'expert', 'expert.js'),
  desk: at('app', 'desk', 'alerts.js'), account: at('app', 'account.js') };

const sources = (folder, recursive = true) =>
  readdirSync(folder, { recursive, withFileTypes: true })
    .filter((file) => file.isFile() && file.name.endsWith('.js'))
    .map((file) => readFileSync(join(file.parentPath ?? file.path, file.name), 'utf8'));

/** The English words that the sources in `folder` and the shared modules use, out of the .po file that the server's pages share; what
 *  comes `LATER` brings its own only, since those of the shared modules are there. A msgid is any single-quoted text with a Han character in it. */
function english(folder) {
  const code = [...sources(at(folder)), ...(folder === LATER ? [] : sources(at('app'), false))].join('\n');
  const po = at('locale', 'en', 'LC_MESSAGES', 'chatserver.po');
  const all = existsSync(po) ? readPo(readFileSync(po, 'utf8')) : new Map();
  const literals = [...code.matchAll(/'((?:\\.|[^'\\\n])*\p{Script=Han}(?:\\.|[^'\\\n])*)'/gu)];
  const asked = new Set(literals.map(([, text]) => text.replaceAll("\\'", "'").replaceAll('\\n', '\n')));
  const missing = [...asked].filter((id) => !all.has(id));
  if (missing.length) console.warn(`No English yet for ${missing.length}:\n  ${missing.join('\n  ')}`);
  const found = [...asked].filter((id) => all.has(id));
  if (new Set(found.map(key)).size < found.length) throw new Error('two msgids share a key: lengthen it in app/key.js');
  return Object.fromEntries(found.map((id) => [key(id), all.get(id)]));
}

const words = {
  name: 'words',
  setup(build) {
    build.onResolve({ filter: /^words:/ }, ({ path }) => ({ path, namespace: 'words' }));
    build.onLoad({ filter: /.*/, namespace: 'words' }, ({ path }) => ({
      contents: JSON.stringify(english(path.slice('words:'.length))),
      loader: 'json',
    }));
  },
};

// Lit's templates keep the indentation of the source, which is only weight.
const squeeze = {
  name: 'squeeze',
  setup(build) {
    build.onLoad({ filter: /[\\/]app[\\/].*\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace(/\n\s+/g, '\n'),
      loader: 'js',
    }));
  },
};

// What packages bring along and no page of ours reaches, each with what stands in its place: WebTransport, which the server does not
// speak; addresses, since ours is the page's own; binary packets, which the contract forbids; style sheets of shadow roots, which no
// element has.
const UNUSED = {
  'engine.io-client/build/esm/transports/webtransport.js': 'export const WT = null;',
  'engine.io-client/build/esm/contrib/parseuri.js': 'export const parse = null;',
  'engine.io-parser/build/esm/contrib/base64-arraybuffer.js': 'export const decode = () => null;',
  'engine.io-parser/build/esm/encodePacket.browser.js': `import { PACKET_TYPES } from './commons.js';
    export const encodePacket = ({ type, data }, binary, done) => done(PACKET_TYPES[type] + (data || ''));
    export const encodePacketToBinary = null;`,
  '@lit/reactive-element/css-tag.js': `export const supportsAdoptingStyleSheets = false, adoptStyles = null, getCompatibleStyle = null;
    export const css = null, unsafeCSS = null, CSSResult = null;`,
};
const unused = {
  name: 'unused',
  setup(build) {
    const missed = new Set(Object.keys(UNUSED));
    build.onLoad({ filter: /node_modules.*\.js$/ }, ({ path }) => {
      const name = path.replace(/^.*node_modules[\\/]/, '').replaceAll('\\', '/');
      missed.delete(name);
      return UNUSED[name] && { contents: UNUSED[name], resolveDir: dirname(path), loader: 'js' };
    });
    build.onEnd(() => { if (missed.size) throw new Error(`not loaded any more: ${[...missed]}`); });
  },
};

const shared = {
  bundle: true,
  minify: true,
  write: false,
  charset: 'utf8',
  target: ['es2022', 'chrome105', 'firefox115', 'safari16'],
  legalComments: 'none',
  define: { 'process.env.NODE_ENV': '"production"' },
};

const manifest = {};
const files = new Map(); // name -> contents; on disk only when all of it is there
const put = (name, contents) => files.set(name, Buffer.from(contents));
const hashed = (name, contents) => {
  const hash = createHash('sha256').update(contents).digest('hex').slice(0, 10);
  const given = name.replace(/(\.\w+)$/, `-${hash}$1`);
  put(given, contents);
  manifest[name] = given;
};

const entries = Object.fromEntries(Object.entries(APPS).filter(([, path]) => existsSync(path)));
const outputs = {}; // name -> what esbuild tells of it
/** Apps that share their chunks. */
async function built(entryPoints) {
  const { metafile, outputFiles } = await build({
    ...shared,
    entryPoints,
    format: 'esm',
    splitting: true,
    outdir: dist,
    entryNames: '[name]-[hash]',
    chunkNames: 'chunk-[hash]',
    metafile: true,
    plugins: [words, squeeze, unused],
  });
  for (const file of outputFiles) put(relative(dist, file.path), file.contents);
  for (const [path, out] of Object.entries(metafile.outputs)) outputs[relative(dist, join(process.cwd(), path))] = out;
}
// Nobody is a citizen and a lawyer in one browser: the citizen's chunks are cut for the citizen alone, in fewer and better packed pieces.
const { citizen, ...staff } = entries;
await built({ citizen });
await built(staff);
for (const [path, out] of Object.entries(outputs)) {
  const name = Object.keys(entries).find((app) => out.entryPoint && join(process.cwd(), out.entryPoint) === entries[app]);
  if (name) manifest[`${name}.js`] = path;
}

/** A style sheet with what it imports, minified. */
const minified = async (css, folder) =>
  (await build({ ...shared, stdin: { contents: css, resolveDir: folder, loader: 'css' } })).outputFiles[0].contents;
const styles = at('static', 'css');
hashed('site.css', await minified(SHEETS.map((name) => `@import "./${name}.css";`).join(''), styles));
for (const [app, entry] of Object.entries(entries)) {
  const beside = entry.replace(/\.js$/, '.css');
  if (existsSync(beside)) hashed(`${app}.css`, await minified(readFileSync(beside, 'utf8'), dirname(beside)));
}

// The loader keeps its public name for ever: it stands in other people's pages.
const loader = await build({ ...shared, entryPoints: [at('widget.js')], format: 'iife' });
put('widget.js', loader.outputFiles[0].contents);
manifest['widget.js'] = 'widget.js';
// The worker of notifications: one name too, since it is a browser's own to look for a newer one under it.
const notify = await build({ ...shared, entryPoints: [at('notify.js')], format: 'iife' });
put('notify.js', notify.outputFiles[0].contents);
put('manifest.json', `${JSON.stringify(manifest, null, 2)}\n`);

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
for (const [name, contents] of files) writeFileSync(join(dist, name), contents);

const inputs = (file) => Object.keys(outputs[file]?.inputs ?? {});
const isLater = (file) => inputs(file).some((input) => input.includes(LATER));
const isWords = (file) => inputs(file).some((input) => input.startsWith('words:')) && !isLater(file);

/** What a browser loads for an app: the entry, what it imports, and its own words if they are a chunk of their own. Parts that are
 *  fetched only when a talk is open (app/promises and their words) come `after` and have a limit of their own. */
const loaded = (path, after = false, seen = new Set(), entry = true) => {
  seen.add(path);
  for (const { path: next, kind } of outputs[path]?.imports ?? []) {
    const file = relative(dist, join(process.cwd(), next));
    const now = kind === 'import-statement' || (entry && (isWords(file) || (after && isLater(file))));
    if (now && !seen.has(file)) loaded(file, after, seen, false);
  }
  return seen;
};
const gzip = (file) => gzipSync(files.get(file), { level: 9 }).length;
const weigh = (parts) => [...parts].reduce((sum, part) => sum + gzip(part), 0);
let over = false;
function tell(name, size) {
  const limit = LIMITS[name] && LIMITS[name] * 1024;
  over ||= limit !== undefined && size > limit;
  const told = limit ? ` of ${(limit / 1024).toFixed(0)}${size > limit ? '  TOO LARGE' : ''}` : '';
  console.log(`${name.padEnd(12)} ${(size / 1024).toFixed(1).padStart(6)} KB gzip${told}`);
}
/** All that a browser may ever load for an app, through everything that can happen; English has words and sentences of its own. An app
 *  brings smaller words than those of all the apps. */
const reached = (path, english, seen = new Set()) => {
  seen.add(path);
  for (const { path: next } of outputs[path].imports) {
    const file = relative(dist, join(process.cwd(), next));
    const own = inputs(file).some((input) => input.startsWith('words:') || input.includes(ENGLISH));
    const never = own && (!english || inputs(file).includes('words:words:app'));
    if (!never && !seen.has(file)) reached(file, english, seen);
  }
  return seen;
};
for (const [name, file] of Object.entries(manifest)) {
  const size = weigh(loaded(file));
  tell(name, size);
  if (name === 'citizen.js') {
    tell('+ in a talk', weigh(loaded(file, true)) - size);
    tell('all, Chinese', weigh(reached(file, false)));
    tell('all, English', weigh(reached(file, true)));
  }
}
process.exit(over ? 1 : 0);
