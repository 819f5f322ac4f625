// Netty's own allocators: what they tell, beside ours or instead of them.

import {bytes, count, exact, part} from './format.js';
import {fill, setText, tile} from './view.js';

/** For what nobody tells: a zero would be a lie. */
const NOT_TOLD = 'n/a';
const NOTE = 'Netty does not tell';

/** The tiles that have a figure of ours only. */
const OF_OURS = [
  'budget', 'pinned', 'kept', 'rounding', 'live', 'arenas', 'elsewhere', 'fallbacks', 'failures',
];

function sumKnown(allocators, name) {
  return allocators.every((allocator) => allocator[name] !== undefined)
    ? allocators.reduce((total, allocator) => total + allocator[name], 0) : null;
}

function bytesOrNot(value) {
  return value === undefined || value === null ? NOT_TOLD : bytes(value);
}

function countOrNot(value) {
  return value === undefined ? NOT_TOLD : exact(value);
}

/** Hides what only our allocators have, if there is none of them. */
export function showParts({allocators, nettyAllocators}) {
  const isOurs = allocators.length > 0;
  for (const section of document.querySelectorAll('.ours')) {
    section.hidden = !isOurs;
  }
  document.getElementById('netty').hidden = nettyAllocators.length === 0;
  return isOurs;
}

/** The tiles where there is no allocator of ours. */
export function showNettyTiles({totals, nettyAllocators}, samples) {
  tile('reserved', bytes(totals.reservedBytes),
    `held, used or not; 5 min peak ${bytes(samples.max('reservedBytes'))}`);
  tile('used', bytesOrNot(totals.usedBytes), totals.usedBytes === null
    ? NOTE : `in live buffers; 5 min peak ${bytes(samples.max('usedBytes'))}`);
  const heap = sumKnown(nettyAllocators, 'heapBytes');
  const used = sumKnown(nettyAllocators, 'usedHeapBytes');
  tile('heap', bytes(heap), `held; in live buffers: ${bytesOrNot(used)}`);
  OF_OURS.forEach((id) => tile(id, NOT_TOLD, id === 'budget' ? 'Netty has no budget' : NOTE));
}

export function showNettyChart(memory, {totals}, samples) {
  const used = totals.usedBytes === null
    ? 'Netty does not tell how much of it is in live buffers' : `used ${bytes(totals.usedBytes)}`;
  const summary = `Reserved ${bytes(totals.reservedBytes)}; ${used}.`;
  memory.show(
    [[], samples.points('reservedBytes'), [], samples.points('usedBytes')], summary);
  setText('memory-summary', summary);
}

export function showNetty(allocators) {
  fill('netty-allocators', allocators.map((allocator) => ({
    names: [`${allocator.name} (${allocator.type})`],
    numbers: [
      bytes(allocator.directBytes),
      bytesOrNot(allocator.usedDirectBytes),
      allocator.usedDirectBytes === undefined
        ? NOT_TOLD : part(allocator.usedDirectBytes, allocator.directBytes),
      bytes(allocator.heapBytes),
      bytesOrNot(allocator.usedHeapBytes),
      bytesOrNot(allocator.chunkBytes),
      countOrNot(allocator.threadCaches),
    ],
  })));
  const arenas = allocators.flatMap((allocator) =>
    allocator.arenas.map((arena) => ({...arena, allocator: allocator.name})));
  fill('netty-arenas', arenas.map((arena) => ({
    names: [arena.allocator, arena.name],
    numbers: [
      exact(arena.chunks),
      bytes(arena.freeBytes),
      bytes(arena.takenBytes),
      exact(arena.threadCaches),
      count(arena.allocations),
      arena.fill === '' ? '–' : arena.fill,
    ],
  })));
  document.getElementById('netty-arenas').closest('.scroll').hidden = arenas.length === 0;
}
