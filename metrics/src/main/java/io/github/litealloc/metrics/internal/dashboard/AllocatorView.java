package io.github.litealloc.metrics.internal.dashboard;

import io.github.litealloc.metrics.internal.AllocatorFigures;

/** An allocator's figures, with the names that the page shows. */
record AllocatorView(String name, String strategy, String budget, AllocatorFigures figures) {}
