// Pages come from the network; what the phone kept is shown only without one, and says so.
// Kept are the shell and the pages of KEPT, never an answer to a form, an account, a payment or a page of work but the till.
const SHELL = `shell-${VERSION}`;
const PAGES = `pages-${VERSION}`;
const WAIT = 6000;
const SAVED_AT = "x-saved-at";
const PERSON = "/__person__";

const kept = (path) =>
  path === SETUP.home || path === SETUP.cart || path === SETUP.till || path === SETUP.warungs ||
  (path.startsWith(SETUP.warungs) && path.split("/").length === 4);

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(SHELL);
    await cache.addAll(SETUP.shell.map((url) => new Request(url, { cache: url === SETUP.offline ? "reload" : "default", credentials: "omit" })));
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name !== SHELL && name !== PAGES) await caches.delete(name);
    await self.clients.claim();
  })());
});

self.addEventListener("message", (event) => {
  if (event.data === "forget") event.waitUntil(caches.delete(PAGES));
});

self.addEventListener("sync", (event) => {
  if (event.tag !== "kasir") return;
  event.waitUntil(self.clients.matchAll().then((open) => open.forEach((client) => client.postMessage("kasir:send"))));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method !== "GET") {
    // Signing out leaves nothing of the person on the phone, whatever the server answers.
    if (url.pathname === SETUP.signOut) event.waitUntil(caches.delete(PAGES));
    return;
  }
  if (request.mode === "navigate") event.respondWith(page(event, url));
  else if (SETUP.shell.includes(url.pathname)) event.respondWith(fromShell(request, url));
  else if (kept(url.pathname) && request.headers.get("HX-Request") === null && request.destination === "") event.respondWith(page(event, url));
});

async function fromShell(request, url) {
  const found = await (await caches.open(SHELL)).match(url.pathname);
  return found || fetch(request);
}

async function page(event, url) {
  try {
    const answer = await inTime(fetch(event.request));
    // The region is suspended or closed: the phone shows nothing of it any more, with or without a network.
    if (answer.headers.get("x-warsa-shut")) event.waitUntil(caches.delete(PAGES));
    if (kept(url.pathname) && !url.search) event.waitUntil(keep(url.pathname, answer.clone()));
    return answer;
  } catch {
    return (kept(url.pathname) && (await saved(url.pathname))) || (await caches.match(SETUP.offline)) || Response.error();
  }
}

function inTime(answer) {
  const late = new Promise((_resolve, refuse) => setTimeout(() => refuse(new Error("late")), WAIT));
  answer.catch(() => {});
  return Promise.race([answer, late]);
}

// A page says whose it is. When somebody else looks, what was kept for the one before is gone first.
async function keep(path, answer) {
  if (!answer.ok || answer.redirected || answer.type !== "basic" || !(answer.headers.get("content-type") || "").startsWith("text/html")) return;
  const text = await answer.text();
  const person = /<body[^>]* data-person="([^"]*)"/.exec(text)?.[1] ?? "";
  let cache = await caches.open(PAGES);
  const before = await (await cache.match(PERSON))?.text();
  if (before !== undefined && before !== person) {
    await caches.delete(PAGES);
    cache = await caches.open(PAGES);
  }
  await cache.put(PERSON, new Response(person));
  const headers = new Headers(answer.headers);
  for (const name of ["content-encoding", "content-length", "set-cookie"]) headers.delete(name);
  headers.set(SAVED_AT, new Date().toISOString());
  await cache.put(path, new Response(text, { status: 200, headers }));
}

async function saved(path) {
  const found = await (await caches.open(PAGES)).match(path);
  if (!found) return null;
  const mark = `<p class="alert warning stale" role="status">${SETUP.saved.replace("%(time)s", said(found.headers.get(SAVED_AT)))}</p>`;
  const text = (await found.text()).replace(/<main id="content"[^>]*>/, (main) => main + mark);
  return new Response(text, { status: 200, headers: found.headers });
}

function said(moment) {
  const at = new Date(moment);
  const day = { day: "numeric", month: "short", timeZone: SETUP.zone };
  const clock = new Intl.DateTimeFormat(SETUP.language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: SETUP.zone }).format(at);
  const date = (when) => new Intl.DateTimeFormat(SETUP.language, day).format(when);
  return date(at) === date(new Date()) ? clock.replace(":", ".") : `${date(at)} ${clock.replace(":", ".")}`;
}
