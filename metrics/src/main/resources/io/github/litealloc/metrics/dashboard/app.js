// Wires the connection to the page.

import {memoryChart, rateChart} from './charts.js';
import {Live} from './live.js';
import {Samples, perSecond} from './samples.js';
import {
  showBudgets, showBypass, showCharts, showConnection, showLoops, showProcess, showTiles, showVerdict,
} from './view.js';

const samples = new Samples();
const memory = memoryChart();
const rates = rateChart();

let paused = false;
let state = 'connecting';
let latest = null;
let loops = [];
let shownLoops = [];
let loopsBefore = new Map();

function showState(newState) {
  state = newState;
  showConnection(paused ? `paused, ${state}` : state);
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
  samples.add(snapshot.totals);
  latest = snapshot;
  loops = withRates(snapshot);
  if (!paused) {
    show();
  }
}

/** Adds to each event loop what it allocated per second since the snapshot before. */
function withRates(snapshot) {
  const now = new Map();
  const result = snapshot.eventLoops.map((loop) => {
    const key = JSON.stringify([loop.allocator, loop.eventLoop]);
    const current = {time: snapshot.time, allocations: loop.allocations};
    const before = loopsBefore.get(key);
    now.set(key, current);
    return {...loop, rate: before === undefined ? 0 : perSecond(before, current, 'allocations')};
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
  showVerdict(latest.verdict);
  showTiles(latest, samples);
  showCharts(memory, rates, latest, samples);
  shownLoops = loops;
  showLoops(shownLoops);
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
for (const id of ['loops-sort', 'loops-show']) {
  document.getElementById(id).addEventListener('change', () => showLoops(shownLoops));
}
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  memory.recolor();
  rates.recolor();
});

new Live(loadHistory, receive, showState);
