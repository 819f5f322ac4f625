// Wires the connection to the page.

import {memoryChart, rateChart} from './charts.js';
import {Live} from './live.js';
import {MemoryMap} from './map.js';
import {showNetty, showNettyChart, showNettyTiles, showParts} from './netty.js';
import {Samples, perSecond} from './samples.js';
import {
  showBudgets, showBypass, showCharts, showConnection, showEvents, showLoops, showNoData, showProcess,
  showSizes, showTiles, showTitle, showVerdict,
} from './view.js';

/** Without a snapshot for so long, what the page shows is no longer true. */
const STALE_MILLIS = 5_000;

const samples = new Samples();
const memory = memoryChart();
const rates = rateChart();
const map = new MemoryMap(() => paused);

let paused = false;
let state = 'connecting';
let latest = null;
let receivedAt = performance.now();
let latestAt = 0; // by this machine's clock: the server's may be another one
let isStale = false;
let loops = [];
let shownLoops = [];
let loopsBefore = new Map();

function showState(newState) {
  state = newState;
  showStateOf(state);
  judgeData();
}

function showStateOf(connection) {
  showConnection(paused ? `paused, ${connection}` : connection);
}

/** Says so, in the place of the verdict, when there are no figures: a green word would be a lie. */
function judgeData() {
  if (document.hidden) {
    showTitle(latest, null); // nothing is asked for meanwhile
    return;
  }
  const silentFor = performance.now() - receivedAt;
  const hasData = latest !== null && state !== 'disconnected' && silentFor < STALE_MILLIS;
  if (!hasData && (state === 'disconnected' || silentFor >= STALE_MILLIS)) {
    isStale = true;
    // A connection may last, and nobody speak.
    showStateOf(state === 'disconnected' ? state : 'no answer');
    showNoData(latest, Date.now() - latestAt);
    showTitle(latest, 'NO DATA');
  } else if (hasData && isStale) {
    isStale = false;
    showStateOf(state);
    showVerdict(latest.verdict);
    showTitle(latest, latest.verdict.level);
  }
}

async function loadHistory() {
  try {
    const response = await fetch('/api/v1/history');
    samples.load(await response.json());
  } catch {
    // The charts then begin with the next snapshot.
  }
}

function receive(snapshot) {
  receivedAt = performance.now();
  samples.add(snapshot.totals);
  latest = snapshot;
  latestAt = Date.now();
  loops = withRates(snapshot);
  if (!paused) {
    show();
  }
  judgeData();
}

/** Adds to each event loop what it allocated per second since the snapshot before. */
function withRates(snapshot) {
  const now = new Map();
  const result = snapshot.eventLoops.map((loop) => {
    const key = JSON.stringify([loop.allocator, loop.eventLoop]);
    const current = {elapsed: snapshot.totals.elapsed, allocations: loop.allocations};
    const before = loopsBefore.get(key);
    now.set(key, current);
    const age = loop.oldestTime === 0 ? 0 : Math.max(0, snapshot.time - loop.oldestTime);
    return {...loop, age, rate: before === undefined ? 0 : perSecond(before, current, 'allocations')};
  });
  loopsBefore = now;
  return result;
}

function show() {
  if (latest === null) {
    return;
  }
  document.documentElement.dataset.time = String(latest.time);
  showProcess(latest);
  if (!isStale) {
    showVerdict(latest.verdict);
    showTitle(latest, latest.verdict.level);
  }
  const isOurs = showParts(latest);
  showNetty(latest.nettyAllocators);
  if (!isOurs) {
    showNettyTiles(latest, samples);
    showNettyChart(memory, latest, samples);
    return;
  }
  showTiles(latest, samples);
  showCharts(memory, rates, latest, samples);
  shownLoops = loops;
  showLoops(shownLoops);
  showSizes(latest.allocators);
  showEvents(latest.events);
  showBypass(latest.allocators);
  showBudgets(latest.budgets);
}

const pause = document.getElementById('pause');
pause.addEventListener('click', () => {
  paused = !paused;
  pause.setAttribute('aria-pressed', String(paused));
  showState(state);
  if (!paused) {
    show();
  }
});
document.getElementById('loops').addEventListener('click', ({target}) => {
  if (target instanceof HTMLButtonElement) {
    map.open(target.dataset.allocator, target.dataset.eventLoop);
  }
});
for (const id of ['loops-sort', 'loops-show']) {
  document.getElementById(id).addEventListener('change', () => showLoops(shownLoops));
}
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  memory.recolor();
  rates.recolor();
});

document.addEventListener('visibilitychange', () => {
  receivedAt = performance.now(); // the stream begins anew
  judgeData();
});
setInterval(judgeData, 1_000);

new Live(loadHistory, receive, showState);
