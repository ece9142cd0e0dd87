// The site as ./tutorial docs --serve shows it: served by chapter 5's own web server. The site has to
// be built before, and SERVER names the program; EMULATOR what runs it where that is not Windows.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import test, { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';

import { FOLDER, findInSite, launch, openTab } from './site.mjs';

const { SERVER, EMULATOR } = process.env;
let server;
let address;
let browser;

before(async () => {
  const command = [...(EMULATOR ? [EMULATOR] : []), SERVER, '--root', FOLDER, '--port', '0'];
  server = spawn(command[0], command.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(server, 'exit').then(([code]) => { throw new Error(`it ended with ${code}`); });
  const [line] = await Promise.race([once(createInterface(server.stdout), 'line'), ended]);
  ended.catch(() => {}); // from here on it may
  address = `http://${line.match(/^listening on (127\.0\.0\.1:\d+)$/)[1]}`;
  browser = await launch();
});

after(async () => {
  await browser?.close();
  if (!server || server.exitCode !== null || server.signalCode !== null) return;
  server.kill('SIGINT');
  await once(server, 'exit');
});

test('the server of chapter 5 serves the pages and the search, and the reader hears of it', async () => {
  const { page, complaints, go } = await openTab(browser, address);
  await go('');
  const words = page.locator('.served');
  await words.waitFor({ state: 'visible' });
  assert.match(await words.innerText(), /^You are reading this through a completion port/);

  await page.locator('.ways-on .next').click();
  await page.waitForURL(/\/lesson1\.html$/);
  assert.match(await page.locator('.header .title').innerText(), /^1 · /);
  assert.ok(await page.locator('.fragment .line').count() > 50);

  const found = await findInSite(page, 'GetQueuedCompletionStatus');
  await found.first().click();
  await page.waitForURL(/\/call-getqueuedcompletionstatus\.html$/);
  assert.deepEqual(complaints, []);
});

test('it serves Korean as UTF-8, and says so in Korean', async () => {
  const { page, complaints, go } = await openTab(browser, address);
  const answer = await go('ko/index.html');
  assert.match(answer.headers()['content-type'], /^text\/html; ?charset=utf-8$/i);
  assert.match(await page.locator('html').getAttribute('lang'), /^ko/);
  const words = page.locator('.served');
  await words.waitFor({ state: 'visible' });
  assert.match(await words.innerText(), /^지금 이 페이지는 완료 포트를 거쳐 왔다/);
  assert.deepEqual(complaints, []);
  await page.close();
});

test('the server ends when it is asked to', async () => {
  server.kill('SIGINT');
  const [code] = await once(server, 'exit');
  // Windows has no signals: Node ends the program there.
  if (process.platform !== 'win32') assert.equal(code, 0);
});

test('a port that another program has is named', { skip: process.platform === 'win32' }, async () => {
  const other = createServer();
  const held = await new Promise((resolve) => {
    other.once('listening', () => resolve(true));
    other.once('error', () => resolve(false)); // somebody else's, which serves as well
    other.listen(8000, '127.0.0.1');
  });
  try {
    const tutorial = fileURLToPath(new URL('../../../tutorial', import.meta.url));
    const { status, stderr } = spawnSync(tutorial, ['docs', '--serve'],
      { encoding: 'utf8', timeout: 30_000 });
    assert.equal(status, 1);
    assert.match(stderr, /^Another program has port 8000/);
  } finally {
    if (held) other.close();
  }
});
