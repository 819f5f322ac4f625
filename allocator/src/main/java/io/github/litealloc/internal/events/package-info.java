/**
 * What Flight Recorder is told. The methods take names and numbers, so that nothing here knows an
 * arena or a chunk. Not exported.
 */
@NullMarked
package io.github.litealloc.internal.events;

import org.jspecify.annotations.NullMarked;
