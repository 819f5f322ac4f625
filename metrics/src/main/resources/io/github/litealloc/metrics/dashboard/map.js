// The map of one arena's memory, an event loop's or one that threads share: its chunks as strips, drawn with symbols so that no colour is needed.

import {bytes, duration, exact} from './format.js';
import {hintAtMore} from './view.js';

const POLL_MILLIS = 2_000;

/** As the server writes them; the order is that of the legend. */
const KINDS = {
  '#': ['live', 'live'],
  k: ['kept', 'kept for the next requests'],
  '.': ['free', 'free'],
  '-': ['gone', 'handed back to the system'],
  x: ['dead', 'of no use before the chunk is empty'],
};

function element(id) {
  return document.getElementById(id);
}

function tag(name, className, text) {
  const result = document.createElement(name);
  result.className = className;
  result.textContent = text;
  return result;
}

export class MemoryMap {
  #of = null;
  #timer = 0;
  #isHeld;

  /** While it is held, as when the page is paused, the picture stays. */
  constructor(isHeld) {
    this.#isHeld = isHeld;
    element('map-close').addEventListener('click', () => this.close());
    const legend = element('map-legend');
    for (const [symbol, [name, text]] of Object.entries(KINDS)) {
      const item = tag('li', '', '');
      item.append(tag('span', `strip ${name}`, symbol.repeat(3)), ` ${text}`);
      legend.append(item);
    }
  }

  open(allocator, eventLoop) {
    this.#of = {allocator, eventLoop};
    element('map').hidden = false;
    element('map-heading').textContent = `Memory of ${eventLoop}`;
    element('map-note').textContent = 'A map is being drawn.';
    element('map-chunks').replaceChildren();
    element('map-heading').focus();
    this.#ask();
  }

  close() {
    this.#of = null;
    clearTimeout(this.#timer);
    element('map').hidden = true;
    element('loops-heading').focus();
  }

  async #ask() {
    clearTimeout(this.#timer);
    const of = this.#of;
    if (of === null) {
      return;
    }
    if (!this.#isHeld() && !document.hidden) {
      try {
        const response = await fetch(`/api/v1/map?${new URLSearchParams(of)}`);
        // Of an allocator that is gone there is none.
        const map = response.ok ? await response.json() : {state: 'none'};
        if (this.#of === of) {
          this.#show(map);
        }
      } catch {
        // The page says by itself that the server is gone.
      }
    }
    const isWaiting = element('map-chunks').rows.length === 0;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), isWaiting ? POLL_MILLIS / 8 : POLL_MILLIS);
  }

  #show(map) {
    if (map.state === 'none') {
      element('map-note').textContent = 'There is no map: the event loop has ended, or takes no tasks, '
        + 'or the arena was closed.';
      element('map-chunks').replaceChildren();
      return;
    }
    if (map.state === 'asked') {
      return;
    }
    element('map-note').textContent = note(map);
    element('map-chunks').replaceChildren(...map.chunks.map(row));
    hintAtMore(element('map-chunks'));
  }
}

function note(map) {
  const more = map.chunksLeftOut === 0 ? '' : ` ${exact(map.chunksLeftOut)} more chunks are left out.`;
  const part = map.complete ? '' : ' It has very many blocks, or has changed meanwhile: some of them are missing.';
  const time = new Date(map.time).toLocaleTimeString('en-GB');
  const chunks = map.chunks.length === 1
    ? '1 chunk' : `${map.chunks.length} chunks, those first that are held for the least use`;
  return `${chunks}; as of ${time}. Drawing this has kept the arena for `
    + `${(map.tookNanos / 1e6).toFixed(1)} ms, in small pieces.${more}${part}`;
}

function row(chunk) {
  const line = document.createElement('tr');
  line.setAttribute('role', 'row');
  const head = tag('th', '', '');
  head.scope = 'row';
  head.setAttribute('role', 'rowheader');
  head.dataset.label = 'Chunk';
  head.append(`${chunk.slot}: ${bytes(chunk.bytes)}`);
  line.append(head, strip(chunk), holders(chunk));
  for (const [label, value] of [
    ['Live', `${bytes(chunk.liveBytes)} in ${exact(chunk.liveBuffers)}`],
    ['Kept', bytes(chunk.keptBytes)],
    ['Free', bytes(chunk.freeBytes)],
    ['Handed back', bytes(chunk.handedBackBytes)],
  ]) {
    const cell = tag('td', 'number', value);
    cell.setAttribute('role', 'cell');
    cell.dataset.label = label;
    line.append(cell);
  }
  return line;
}

/** Neighbours of a kind are one element. */
function strip(chunk) {
  const cell = tag('td', 'wide', '');
  cell.setAttribute('role', 'cell');
  cell.dataset.label = 'From its first byte to its last';
  const symbols = tag('span', 'strip', '');
  for (const [run] of chunk.cells.matchAll(/(.)\1*/g)) {
    symbols.append(tag('span', KINDS[run[0]][0], run));
  }
  cell.append(symbols);
  return cell;
}

function holders(chunk) {
  const cell = tag('td', 'wide', '');
  cell.setAttribute('role', 'cell');
  cell.dataset.label = 'Oldest buffers';
  if (chunk.oldest.length === 0) {
    cell.textContent = '–';
  }
  for (const {offset, capacityBytes, ageMillis, stack} of chunk.oldest) {
    const holder = stack.length === 0 ? '' : `, by ${stack[0]}`;
    const prefix = stack.length === 0 ? 'at most ' : '';
    cell.append(tag('span', 'straggler',
      `${bytes(capacityBytes)} at ${bytes(offset)}, ${prefix}${duration(ageMillis)} old${holder}`));
  }
  return cell;
}
