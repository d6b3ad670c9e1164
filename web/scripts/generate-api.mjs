/** Writes src/lib/api/{name}.ts for every web/openapi/{name}.json that the Python services dumped. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import openapiTS, { astToString } from 'openapi-typescript';

const documents = new URL('../openapi/', import.meta.url);
const types = new URL('../src/lib/api/', import.meta.url);

for (const file of (await readdir(documents)).filter((name) => name.endsWith('.json')).sort()) {
  const name = file.replace(/\.json$/, '');
  const document = JSON.parse(await readFile(new URL(file, documents), 'utf8'));
  const text = astToString(await openapiTS(document, { alphabetize: true, defaultNonNullable: false }));
  const header = `/** Generated from web/openapi/${file} by \`npm run api\`: change the service, not this file. */\n\n`;
  await writeFile(new URL(`${name}.ts`, types), header + text);
  console.log(`src/lib/api/${name}.ts`);
}
