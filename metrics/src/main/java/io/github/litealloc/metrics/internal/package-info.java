/**
 * Consistent reads of an allocator's figures, for meters and dashboard. Not for users: the module
 * does not export it.
 */
@NullMarked
package io.github.litealloc.metrics.internal;

import org.jspecify.annotations.NullMarked;
