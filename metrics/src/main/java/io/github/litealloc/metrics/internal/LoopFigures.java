package io.github.litealloc.metrics.internal;

import io.github.litealloc.ArenaFigures;

/**
 * The figures of one event loop.
 *
 * @param eventLoop its thread name, or {@link LoopNames#ALL} or {@link LoopNames#OTHER}
 * @param orphaned whether one of its arenas outlived the loop
 * @param figures sums over its arenas; usually it has one
 * @param live its live buffers, as the last look has found them
 */
public record LoopFigures(
    String eventLoop, boolean orphaned, ArenaFigures figures, LoopLive live) {}
