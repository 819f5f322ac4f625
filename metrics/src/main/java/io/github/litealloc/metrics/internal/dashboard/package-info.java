/**
 * The dashboard's HTTP server and what it serves. Not for users: the module does not export it.
 *
 * <p>All classes are confined to the server's one event-loop thread unless they say otherwise.
 */
@NullMarked
package io.github.litealloc.metrics.internal.dashboard;

import org.jspecify.annotations.NullMarked;
