// Puts figures into the page, by textContent only: names come from users.

import {bytes, clock, count, duration, exact, part, ratio} from './format.js';

/** What a level that is no word for a reader is called. */
const LEVELS = {UNKNOWN: 'NOT JUDGED'};

const VERDICTS = {
  UNKNOWN: 'Netty’s own allocators have no budget, and tell too little to say whether all is well.',
  OK: 'Nothing needs attention.',
  WATCH: 'Something may go wrong if it goes on like this.',
  ACT: 'Something is wrong by now.',
};

const SHOWN_EVENTS = 12;

/** Where a block is from, in the order in which it is looked for. */
const PATHS = [
  ['keptAllocations', 'kept by the loop'],
  ['carvedAllocations', 'carved'],
  ['strategyAllocations', 'found by the strategy'],
  ['hugeAllocations', 'chunks of their own'],
];

/** Below this, what is pinned and not used is no fragmentation. */
const WASTE_BYTES = 8 << 20;

function element(id) {
  return document.getElementById(id);
}

export function setText(id, text) {
  setTextOf(element(id), text);
}

function setTextOf(target, text) {
  if (target.textContent !== text) {
    target.textContent = text;
  }
}

export function tile(id, text, note) {
  setText(id, text);
  setText(`${id}-note`, note);
}

/** Sums a figure over an array of objects. */
function sum(items, name) {
  return items.reduce((total, item) => total + item[name], 0);
}

export function showConnection(state) {
  setText('connection', state);
}

export function showProcess(snapshot) {
  const {application, host, pid, startTime, version} = snapshot.process;
  const release = version === 'unknown' ? '' : ` · version ${version}`;
  setText('process', `${application} on ${host} · pid ${pid} · up `
    + `${duration(snapshot.time - startTime)}${release}`);
}

/** So that one of many tabs can be told from the others, and how it is. */
export function showTitle(snapshot, level) {
  const name = snapshot === null
    ? 'lite-alloc'
    : `${snapshot.process.application} (${snapshot.process.host}, ${snapshot.process.pid}) · lite-alloc`;
  document.title = level === null || level in LEVELS ? name : `${level} · ${name}`;
}

export function showVerdict({level, reasons}) {
  document.documentElement.dataset.stale = 'false';
  element('verdict').dataset.level = level;
  setText('verdict-level', LEVELS[level] ?? level);
  setText('verdict-summary', VERDICTS[level]);
  const list = element('verdict-reasons');
  list.hidden = reasons.length === 0;
  reasons.forEach((reason, i) => {
    const item = list.children[i] ?? list.appendChild(newReason());
    const [text, remedy] = item.children;
    setTextOf(text, `${reason.text} Since ${clock(reason.since)}.`);
    setTextOf(remedy, `${reason.remedy} Runbook: ${reason.alert}.`);
  });
  while (list.children.length > reasons.length) {
    list.lastElementChild.remove();
  }
}

function newReason() {
  const item = document.createElement('li');
  const remedy = document.createElement('span');
  remedy.className = 'remedy';
  item.append(document.createElement('span'), remedy);
  return item;
}

/** What the page shows is old: whatever it says, it does not say it of now. */
export function showNoData(snapshot, silentMillis) {
  document.documentElement.dataset.stale = 'true';
  element('verdict').dataset.level = 'NONE';
  setText('verdict-level', 'NO DATA');
  setText('verdict-summary', snapshot === null
    ? 'The process does not answer.'
    : `No figures since ${clock(snapshot.time)} (${duration(silentMillis)}): the process `
      + 'does not answer, or is gone. Below is what it said last.');
  element('verdict-reasons').hidden = true;
}

export function showTiles(snapshot, samples) {
  const {totals, allocators} = snapshot;
  tile('reserved', bytes(totals.reservedBytes),
    `5 min peak ${bytes(samples.max('reservedBytes'))}, committed ${bytes(totals.committedBytes)}`);
  tile('used', bytes(totals.usedBytes), `5 min peak ${bytes(samples.max('usedBytes'))}`);
  tile('pinned', bytes(totals.pinnedBytes), pinnedNote(totals));
  tile('kept', bytes(totals.cachedBytes), 'for the next requests');
  tile('rounding', part(totals.usedBytes - totals.requestedBytes, totals.usedBytes),
    `${bytes(totals.usedBytes - totals.requestedBytes)} of used`);
  tile('live', count(totals.liveBlocks),
    arenas(sum(allocators, 'openArenas'), sum(allocators, 'orphanedArenas')));
  const bypassed = samples.lastMinute('directFallbacks');
  tile('fallbacks', part(bypassed, bypassed + samples.lastMinute('allocations')),
    `last minute; all: ${count(totals.directFallbacks)}`);
  const heap = samples.lastMinute('heapBytes');
  const all = heap + samples.lastMinute('allocatedBytes') + samples.lastMinute('directFallbackBytes');
  tile('heap', part(heap, all), `of the last minute’s bytes; live: ${bytes(totals.liveHeapBytes)}`);
  const served = samples.lastMinute('allocations');
  tile('arenas', part(samples.lastMinute('allocatedBytes'), all),
    `of the last minute’s bytes, ${part(served, served + bypassed + samples.lastMinute('heapRequests'))} of requests`);
  tile('elsewhere', bytes(totals.elsewhereBytes),
    `${allocators.some(hasUnseen) ? 'of a full budget; others unknown' : 'outside of the ceiling now'}`
    + `; 5 min peak ${bytes(samples.max('elsewhereBytes'))}`);
  tile('failures', count(totals.failures), 'since the start');
  showBudgetTile(snapshot.budgets);
}

/** Buffers that another allocator has made by itself: nobody hears of their end. */
function hasUnseen({fallbacks}) {
  return sumOf(['off-loop', 'closed', 'pass-through'], fallbacks) > 0;
}

/** A ratio means something only where there is something to waste. */
function pinnedNote({pinnedBytes, usedBytes}) {
  return pinnedBytes - usedBytes < WASTE_BYTES
    ? 'hardly more than used' : `${ratio(pinnedBytes, usedBytes)} used`;
}

function arenas(open, orphaned) {
  const text = open === 1 ? 'in 1 arena' : `in ${open} arenas`;
  return orphaned === 0 ? text : `${text}, ${orphaned} orphaned`;
}

/** The fullest budget is the one that matters. */
function showBudgetTile(budgets) {
  const limited = budgets.filter((budget) => budget.maxBytes !== undefined);
  if (limited.length === 0) {
    tile('budget', '–', 'no limit');
    return;
  }
  const share = (budget) => budget.reservedBytes / budget.maxBytes;
  const fullest = limited.reduce((a, b) => (share(b) > share(a) ? b : a));
  const which = limited.length === 1 ? '' : `, the fullest of ${limited.length}`;
  tile('budget', part(fullest.reservedBytes, fullest.maxBytes), `of ${bytes(fullest.maxBytes)}${which}`);
}

/**
 * Fills a table with rows of names and numbers. Rows that are there are changed, not replaced, so
 * that a reader can select text.
 */
export function fill(id, rows) {
  const body = element(id);
  rows.forEach(({names, numbers}, i) => {
    const line = body.rows[i] ?? body.appendChild(newRow(names.length, numbers.length));
    const labels = headings(body);
    [...names, ...numbers].forEach((text, column) => {
      const cell = line.cells[column];
      cell.dataset.label = labels[column];
      const target = column < names.length ? cell.firstElementChild : cell;
      setTextOf(target, text);
      if (column < names.length) {
        // Only what is shortened wants to be reached.
        const isCut = target.scrollWidth > target.clientWidth || target === document.activeElement;
        if (isCut && !target.hasAttribute('tabindex')) {
          target.tabIndex = 0;
        } else if (!isCut) {
          target.removeAttribute('tabindex');
        }
        target.title = isCut ? text : '';
      }
    });
  });
  while (body.rows.length > rows.length) {
    body.lastElementChild.remove();
  }
  hintAtMore(body);
}

function headings(body) {
  return [...body.parentElement.tHead.rows[0].cells].map((cell) => cell.textContent);
}

/** Says that a table goes on to the right, where it does. */
export function hintAtMore(body) {
  const scroll = body.closest('.scroll');
  const hint = scroll.nextElementSibling;
  hint.hidden = scroll.scrollWidth <= scroll.clientWidth;
}

/** The last of the names is the row's heading. */
function newRow(names, numbers) {
  const line = document.createElement('tr');
  line.setAttribute('role', 'row');
  for (let i = 0; i < names; i++) {
    const isHeading = i === names - 1;
    const cell = document.createElement(isHeading ? 'th' : 'td');
    if (isHeading) {
      cell.scope = 'row';
    }
    cell.setAttribute('role', isHeading ? 'rowheader' : 'cell');
    const name = document.createElement('span');
    name.className = 'name';
    cell.append(name);
    line.append(cell);
  }
  for (let i = 0; i < numbers; i++) {
    const cell = document.createElement('td');
    cell.className = 'number';
    cell.setAttribute('role', 'cell');
    line.append(cell);
  }
  return line;
}

const ORDERS = {
  eventLoop: () => 0,
  worst: (a, b) => b.waiting - a.waiting
    || (b.pinnedBytes - b.usedBytes) - (a.pinnedBytes - a.usedBytes),
};

/** Event loops, which carry their rate, in the order and number that the reader chose. */
export function showLoops(loops) {
  const key = element('loops-sort').value;
  const limit = Number(element('loops-show').value);
  const sorted = [...loops].sort((a, b) => (ORDERS[key] ?? ((x, y) => y[key] - x[key]))(a, b)
    || a.eventLoop.localeCompare(b.eventLoop, 'en', {numeric: true}));
  const shown = sorted.slice(0, limit);
  fill('loops', shown.map(loopRow));
  [...element('loops').rows].forEach((row, i) => offerMap(row, shown[i]));
  element('loops-empty').hidden = loops.length > 0;
  setText('loops-count', shown.length < loops.length
    ? `${shown.length} of ${loops.length}` : String(loops.length));
}

/** A button that opens the map of the loop's memory. */
function offerMap(row, {allocator, eventLoop, orphaned}) {
  const heading = row.querySelector('th');
  let button = heading.querySelector('button');
  if (button === null) {
    button = document.createElement('button');
    button.type = 'button';
    button.textContent = 'Map';
    heading.append(button);
  }
  button.hidden = orphaned;
  if (button.dataset.eventLoop !== eventLoop || button.dataset.allocator !== allocator) {
    button.dataset.allocator = allocator;
    button.dataset.eventLoop = eventLoop;
    button.setAttribute('aria-label', `Map of the memory of ${eventLoop}`);
  }
}

function loopRow(loop) {
  return {
    names: [
      `${loop.allocator} (${loop.strategy})`,
      loop.orphaned ? `${loop.eventLoop} (ended, buffers are out)` : loop.eventLoop,
    ],
    numbers: [
      bytes(loop.reservedBytes),
      bytes(loop.pinnedBytes),
      bytes(loop.usedBytes),
      bytes(loop.cachedBytes),
      part(loop.usedBytes - loop.requestedBytes, loop.usedBytes),
      exact(loop.liveBlocks),
      count(Math.round(loop.rate)),
      part(loop.remoteFrees, loop.remoteFrees + loop.ownerFrees),
      exact(loop.waiting),
      loop.age === 0 ? '–' : duration(loop.age),
    ],
  };
}

/** Only from the smallest to the largest that there are: the rest says nothing. */
export function showSizes(allocators) {
  const live = sumBySize(allocators.map(({liveBySize}) => liveBySize));
  const served = sumBySize(allocators.map(({allocationsBySize}) => allocationsBySize));
  const sizes = [...live.keys()].sort((a, b) => rank(a) - rank(b));
  const used = sizes.filter((size) => live.get(size) + served.get(size) > 0);
  const shown = sizes.slice(sizes.indexOf(used[0]), sizes.indexOf(used[used.length - 1]) + 1);
  const allLive = sumOfAll(live);
  const allServed = sumOfAll(served);
  fill('sizes', (used.length === 0 ? [] : shown).map((size) => ({
    names: [size === 'large' ? 'more' : bytes(Number(size))],
    numbers: [
      exact(live.get(size)),
      part(live.get(size), allLive),
      part(served.get(size), allServed),
    ],
  })));
  [...element('sizes').rows].forEach((row, i) => {
    row.style.setProperty('--part', `${(100 * live.get(shown[i])) / Math.max(1, allLive)}%`);
  });
  element('sizes-empty').hidden = used.length > 0;
}

function sumBySize(countsOfAllocators) {
  const total = new Map();
  for (const counts of countsOfAllocators) {
    for (const [size, count] of Object.entries(counts)) {
      total.set(size, (total.get(size) ?? 0) + count);
    }
  }
  return total;
}

function sumOfAll(counts) {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

function rank(size) {
  return size === 'large' ? Infinity : Number(size);
}

export function showEvents(events) {
  fill('events', events.slice(0, SHOWN_EVENTS).map(({time, whose, kind, amount, isBytes}) => ({
    names: [whose, kind],
    numbers: [amount === 0 ? '–' : isBytes ? bytes(amount) : exact(amount), clock(time)],
  })));
  element('events-empty').hidden = events.length > 0;
}

function sumOf(reasons, byReason) {
  return reasons.reduce((total, reason) => total + byReason[reason], 0);
}

export function showBypass(allocators) {
  fill('bypass', allocators.map((allocator) => ({
    names: [allocator.name],
    numbers: [
      ...[['off-loop'], ['budget'], ['closed', 'pass-through'], ['heap']].map((reasons) =>
        `${exact(sumOf(reasons, allocator.fallbacks))} (${bytes(sumOf(reasons, allocator.fallbackBytes))})`),
      exact(allocator.refused),
      exact(allocator.failures),
    ],
  })));
}

export function showBudgets(budgets) {
  fill('budgets', budgets.map((budget) => ({
    names: [budget.name],
    numbers: [
      bytes(budget.reservedBytes),
      bytes(budget.idleBytes),
      budget.maxBytes === undefined ? 'no limit' : bytes(budget.maxBytes),
      budget.maxBytes === undefined ? '–' : part(budget.reservedBytes, budget.maxBytes),
      bytes(budget.peakReservedBytes),
    ],
  })));
}

export function showCharts(memory, rates, snapshot, samples) {
  const {totals, budgets} = snapshot;
  const memorySummary = `Reserved ${bytes(totals.reservedBytes)}, `
    + `pinned ${bytes(totals.pinnedBytes)}, used ${bytes(totals.usedBytes)}, `
    + `requested ${bytes(totals.requestedBytes)}.`;
  memory.show(
    [
      budgetLine(budgets, samples.max('reservedBytes')),
      samples.points('reservedBytes'),
      samples.points('pinnedBytes'),
      samples.points('usedBytes'),
    ],
    memorySummary);
  setText('memory-summary', memorySummary);

  const own = samples.lastMinute('ownerFrees');
  const frees = own + samples.lastMinute('remoteFrees');
  const rateSummary = `${count(Math.round(samples.rate('allocations')))} per second; `
    + (frees === 0
      ? 'nothing was freed in the last minute.'
      : `${part(own, frees)} of the last minute’s buffers were freed by their own event loop.`)
    + paths(samples);
  rates.show(
    [samples.rates('allocations'), samples.rates('remoteFrees'), samples.rates('directFallbacks')],
    rateSummary);
  setText('rate-summary', rateSummary);
}

/** Where the last minute's blocks are from. */
function paths(samples) {
  const counts = PATHS.map(([name, text]) => [samples.lastMinute(name), text]);
  const all = counts.reduce((total, [count]) => total + count, 0);
  return all === 0 ? '' : ` Their blocks: ${counts.filter(([count]) => count > 0)
    .map(([count, text]) => `${part(count, all)} ${text}`).join(', ')}.`;
}

/** The ceilings together, unless they are so far away that they would press the other lines flat. */
function budgetLine(budgets, highest) {
  const limited = budgets.filter((budget) => budget.maxBytes !== undefined);
  const near = limited.filter((budget) => budget.maxBytes <= 4 * highest);
  if (near.length === 0) {
    return [];
  }
  const max = near.reduce((total, budget) => total + budget.maxBytes, 0);
  return [{x: -300, y: max}, {x: 0, y: max}];
}
