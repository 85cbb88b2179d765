// Drives the real Neo4j Browser page in Chromium: connects, applies the style,
// imports the saved queries, runs three of them, plays the guide, and takes a
// picture of each. Ends with status 1 at the first thing that is not as it
// should be.
//
// Environment: NEO4J_HTTP, NEO4J_BOLT, NEO4J_USER, NEO4J_PASSWORD, TIERMAP_URL,
// CHROMIUM (the program), PICTURES (a folder).
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const env = (name) => {
  const value = process.env[name];
  assert.ok(value, `${name} is not set`);
  return value;
};
const tiermap = env('TIERMAP_URL');
const pictures = env('PICTURES');
mkdirSync(pictures, { recursive: true });

const browser = await chromium.launch({ executablePath: env('CHROMIUM'), args: ['--no-sandbox', '--disable-dev-shm-usage'] });
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.setDefaultTimeout(90_000);
  await connect(page);
  await applyStyle(page);
  await importQueries(page);
  await runSaved(page, 'Chain paths to the origins', 'chain-paths', { nodes: [8, 30], links: 8 });
  await runSaved(page, 'Origins beside direct suppliers', 'origins', { nodes: [8, 30], links: 8 });
  await runSaved(page, 'Chokepoints of a product', 'chokepoints', { nodes: [4, 15], links: 3 });
  await playGuide(page);
} catch (error) {
  const page = browser.contexts()[0]?.pages()[0];
  await page?.screenshot({ path: join(pictures, 'failed.png') });
  throw error;
} finally {
  await browser.close();
}

async function connect(page) {
  const bolt = env('NEO4J_BOLT');
  await page.goto(`${env('NEO4J_HTTP')}/browser/?connectURL=${encodeURIComponent(bolt)}&db=neo4j`);
  await page.fill('input[name="username"], [data-testid="username"]', env('NEO4J_USER'));
  await page.fill('input[name="password"], [data-testid="password"]', env('NEO4J_PASSWORD'));
  await page.click('[data-testid="connect"]');
  await page.getByText('You are connected').first().waitFor();
}

// type writes into the editor and runs what stands there.
async function type(page, text) {
  await page.click('[data-testid="activeEditor"] .monaco-editor');
  await page.keyboard.press('Control+A');
  await page.keyboard.press('Delete');
  await page.keyboard.insertText(text);
  await page.keyboard.press('Control+Enter');
}

// frame is the newest result.
function frame(page) {
  return page.locator('[data-testid="frame"]').first();
}

// applyStyle fetches the style from tiermap, and tries again while Browser has not
// read yet from which hosts the server lets it fetch.
async function applyStyle(page) {
  for (let tries = 1; ; tries++) {
    await type(page, `:style ${tiermap}/style.grass`);
    const applied = frame(page).getByText('relationship.SOURCED_FROM');
    const refused = frame(page).getByText('Hostname is not allowed');
    await applied.or(refused).first().waitFor();
    if (await applied.count()) break;
    assert.ok(tries < 20, 'Browser may not fetch from tiermap');
    await page.waitForTimeout(1000);
  }
  await type(page, ':config autoComplete: false'); // draw only what a query asks for
}

// importQueries drops the archive onto the page, as a user would.
async function importQueries(page) {
  const bytes = Buffer.from(await (await fetch(`${tiermap}/queries.zip`)).arrayBuffer()).toString('base64');
  const data = await page.evaluateHandle((base64) => {
    const transfer = new DataTransfer();
    const content = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    transfer.items.add(new File([content], 'queries.zip', { type: 'application/zip' }));
    return transfer;
  }, bytes);
  await page.dispatchEvent('.filedrop', 'drop', { dataTransfer: data });
  await page.click('[data-testid="navigationFavorites"], [data-testid="drawerFavorites"], [title="Favorites"]');
  await page.getByText('tiermap', { exact: true }).first().click();
  await page.getByText('Chain paths to the origins').first().waitFor();
  await page.screenshot({ path: join(pictures, 'saved-queries.png') });
}

// runSaved runs a saved query by its name and looks at what it draws.
async function runSaved(page, title, picture, want) {
  const item = page.getByText(title).first();
  await item.click();
  await page.keyboard.press('Control+Enter');
  await settle(page);
  const nodes = await frame(page).locator('svg g.node').count();
  const links = await frame(page).locator('svg g.relationship').count();
  assert.ok(nodes >= want.nodes[0] && nodes <= want.nodes[1], `${title}: ${nodes} nodes are drawn, want ${want.nodes}`);
  assert.ok(links >= want.links, `${title}: ${links} links are drawn, want at least ${want.links}`);
  await photograph(page, picture);
}

// photograph takes a picture of a result over the whole window.
async function photograph(page, name) {
  await frame(page).getByTitle('Fullscreen').click();
  await frame(page).getByLabel('zoom-to-fit').click();
  await settle(page);
  await page.screenshot({ path: join(pictures, `${name}.png`) });
  await frame(page).getByTitle('Close fullscreen').click();
}

// settle waits for the picture to be there and to stand still.
async function settle(page) {
  await frame(page).locator('svg g.node').first().waitFor();
  const where = () => frame(page).locator('svg g.node').evaluateAll((all) => all.map((n) => n.getAttribute('transform')).join(';'));
  for (let last = ''; ; ) {
    await page.waitForTimeout(700);
    const now = await where();
    if (now === last) return;
    last = now;
  }
}

// playGuide plays the guide, turns to the third slide, and runs what stands there
// as a reader does: a click puts it into the editor.
async function playGuide(page) {
  await type(page, `:play ${tiermap}/guide`);
  const guide = frame(page);
  await guide.getByText('Where does Dutch cobalt come from?').waitFor();
  await guide.scrollIntoViewIfNeeded();
  await page.screenshot({ path: join(pictures, 'guide.png') });
  await guide.locator('[data-testid="nextSlide"]').click();
  await guide.getByText('What trade statistics show').waitFor();
  await guide.locator('[data-testid="nextSlide"]').click();
  await guide.getByText('The ways to the mine').waitFor();
  await page.screenshot({ path: join(pictures, 'guide-slide.png') });
  await guide.locator('pre.runnable:visible').first().click();
  await page.keyboard.press('Control+Enter');
  await frame(page).locator('svg g.node').first().waitFor();
  assert.ok(await frame(page).getByText('Chain paths to the origins').count(), 'the guide ran another query');
}
