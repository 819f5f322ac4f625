// Puts figures into the page, by textContent only: names come from users.

import {bytes, count, duration, exact, part, ratio} from './format.js';

const VERDICTS = {
  OK: 'Nothing needs attention.',
  WATCH: 'Something may go wrong if it goes on like this.',
  ACT: 'Somebody is hurt already.',
};

function element(id) {
  return document.getElementById(id);
}

function setText(id, text) {
  const target = element(id);
  if (target.textContent !== text) {
    target.textContent = text;
  }
}

function tile(id, text, note) {
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
  const {pid, startTime, version} = snapshot.process;
  const release = version === 'unknown' ? '' : `version ${version} · `;
  setText('process', `${release}pid ${pid} · up ${duration(snapshot.time - startTime)}`);
}

export function showVerdict({level, reasons}) {
  element('verdict').dataset.level = level;
  setText('verdict-level', level);
  setText('verdict-summary', reasons.length === 1 ? reasons[0] : VERDICTS[level]);
  const list = element('verdict-reasons');
  list.hidden = reasons.length < 2;
  list.replaceChildren(...(list.hidden ? [] : reasons).map((reason) => {
    const item = document.createElement('li');
    item.textContent = reason;
    return item;
  }));
}

export function showTiles(snapshot, samples) {
  const {totals, allocators} = snapshot;
  tile('reserved', bytes(totals.reservedBytes),
    `5 min peak ${bytes(samples.max('reservedBytes'))}, committed ${bytes(totals.committedBytes)}`);
  tile('used', bytes(totals.usedBytes), `5 min peak ${bytes(samples.max('usedBytes'))}`);
  tile('pinned', ratio(totals.pinnedBytes, totals.usedBytes),
    `${bytes(totals.pinnedBytes)} pinned`);
  tile('rounding', part(totals.usedBytes - totals.requestedBytes, totals.usedBytes),
    `${bytes(totals.usedBytes - totals.requestedBytes)} of used`);
  tile('live', count(totals.liveBlocks),
    arenas(sum(allocators, 'openArenas'), sum(allocators, 'orphanedArenas')));
  const bypassed = samples.lastMinute('directFallbacks');
  tile('fallbacks', part(bypassed, bypassed + samples.lastMinute('allocations')),
    `last minute; all: ${count(totals.directFallbacks)}`);
  tile('failures', count(totals.failures), 'since the start');
  showBudgetTile(snapshot.budgets);
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
  tile('budget', part(fullest.reservedBytes, fullest.maxBytes), `of ${bytes(fullest.maxBytes)}`);
}

/**
 * Fills a table with rows of names and numbers. Rows that are there are changed, not replaced, so
 * that a reader can select text.
 */
function fill(id, rows) {
  const body = element(id);
  rows.forEach(({names, numbers}, i) => {
    const line = body.rows[i] ?? body.appendChild(newRow(names.length, numbers.length));
    [...names, ...numbers].forEach((text, column) => {
      const cell = line.cells[column];
      if (cell.textContent !== text) {
        cell.textContent = text;
      }
    });
  });
  while (body.rows.length > rows.length) {
    body.lastElementChild.remove();
  }
}

/** The last of the names is the row's heading. */
function newRow(names, numbers) {
  const line = document.createElement('tr');
  for (let i = 0; i < names - 1; i++) {
    line.append(document.createElement('td'));
  }
  const heading = document.createElement('th');
  heading.scope = 'row';
  line.append(heading);
  for (let i = 0; i < numbers; i++) {
    const cell = document.createElement('td');
    cell.className = 'number';
    line.append(cell);
  }
  return line;
}

/** Event loops, which carry their rate, in the order and number that the reader chose. */
export function showLoops(loops) {
  const key = element('loops-sort').value;
  const limit = Number(element('loops-show').value);
  const sorted = [...loops].sort((a, b) => (key === 'eventLoop' ? 0 : b[key] - a[key])
    || a.eventLoop.localeCompare(b.eventLoop, 'en', {numeric: true}));
  const shown = sorted.slice(0, limit);
  fill('loops', shown.map(loopRow));
  element('loops-empty').hidden = loops.length > 0;
  setText('loops-count', shown.length < loops.length
    ? `${shown.length} of ${loops.length}` : String(loops.length));
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
      part(loop.usedBytes - loop.requestedBytes, loop.usedBytes),
      exact(loop.liveBlocks),
      count(Math.round(loop.rate)),
      part(loop.remoteFrees, loop.remoteFrees + loop.ownerFrees),
    ],
  };
}

export function showBypass(allocators) {
  fill('bypass', allocators.map((allocator) => ({
    names: [allocator.name],
    numbers: [
      ...['off-loop', 'budget', 'closed', 'heap'].map((reason) => exact(allocator.fallbacks[reason])),
      bytes(Object.values(allocator.fallbackBytes).reduce((a, b) => a + b, 0)),
      exact(allocator.failures),
    ],
  })));
}

export function showBudgets(budgets) {
  fill('budgets', budgets.map((budget) => ({
    names: [budget.name],
    numbers: [
      bytes(budget.reservedBytes),
      budget.maxBytes === undefined ? 'no limit' : bytes(budget.maxBytes),
      budget.maxBytes === undefined ? '–' : part(budget.reservedBytes, budget.maxBytes),
      bytes(budget.peakReservedBytes),
      exact(budget.refusals),
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
      : `${part(own, frees)} of the last minute’s buffers were freed by their own event loop.`);
  rates.show(
    [samples.rates('allocations'), samples.rates('remoteFrees'), samples.rates('directFallbacks')],
    rateSummary);
  setText('rate-summary', rateSummary);
}

/** The ceiling, unless it is so far away that it would press the other lines flat. */
function budgetLine(budgets, highest) {
  const limited = budgets.filter((budget) => budget.maxBytes !== undefined);
  const max = limited.reduce((total, budget) => total + budget.maxBytes, 0);
  return limited.length === 0 || max > 4 * highest ? [] : [{x: -300, y: max}, {x: 0, y: max}];
}
