// A browser on a string: reads one JSON command a line, answers one JSON line. Debian's Chromium, headless, nothing but
// loopback. `open` gives a context of its own: its cookies are its own.
import { createInterface } from "node:readline";
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find((path) => existsSync(path));
const browser = await chromium.launch({
  executablePath,
  headless: true,
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
  ],
});
const pages = new Map();

// A page may send the browser on by itself while it is looked at.
async function content(page) {
  for (let tries = 0; ; tries += 1) {
    try {
      return await page.content();
    } catch (error) {
      if (tries === 20) throw error;
      await page.waitForTimeout(100);
    }
  }
}

async function open({ page, script = true, dark = false, width = 1000, height = 800 }) {
  const context = await browser.newContext({
    javaScriptEnabled: script,
    colorScheme: dark ? "dark" : "light",
    viewport: { width, height },
  });
  const opened = await context.newPage();
  const log = [];
  opened.on("console", (message) => log.push(message.text()));
  opened.on("pageerror", (error) => log.push(String(error)));
  pages.set(page, { page: opened, log });
  return {};
}

const commands = {
  open,
  async goto({ page, url }) {
    const answer = await page.goto(url, { waitUntil: "load" });
    return { status: answer?.status() ?? 0, headers: answer ? await answer.allHeaders() : {}, html: await content(page) };
  },
  async click({ page, selector }) {
    await page.locator(selector).first().click();
    await page.waitForLoadState("load");
    return { html: await content(page) };
  },
  async wait({ page, selector }) {
    await page.locator(selector).first().waitFor();
    return { html: await content(page) };
  },
  async fill({ page, selector, value }) {
    await page.locator(selector).first().fill(value);
    return {};
  },
  async check({ page, selector, on = true }) {
    await page.locator(selector).first().setChecked(on);
    return {};
  },
  async count({ page, selector }) {
    return { count: await page.locator(selector).count() };
  },
  async text({ page, selector = "body" }) {
    return { text: await page.locator(selector).first().innerText() };
  },
  async html({ page }) {
    return { html: await content(page) };
  },
  async cookies({ page }) {
    return { cookies: await page.context().cookies() };
  },
  async shot({ page, path }) {
    await page.screenshot({ path, fullPage: true });
    return {};
  },
  async wide({ page }) {
    // How far the page reaches beyond the window: a phone would scroll sideways.
    return { beyond: await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth) };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { command, ...told } = JSON.parse(line);
  let answer;
  try {
    const at = pages.get(told.page);
    if (command !== "open" && !at) throw new Error(`no page ${told.page}`);
    const done = await commands[command](command === "open" ? told : { ...told, page: at.page });
    const now = pages.get(told.page);
    answer = { ...done, url: now.page.url(), log: now.log.splice(0) };
  } catch (error) {
    answer = { error: String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await browser.close();
