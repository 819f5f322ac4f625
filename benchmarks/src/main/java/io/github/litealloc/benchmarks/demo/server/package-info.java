/**
 * The HTTP server that is measured and shown: it answers with bodies that the client can check.
 *
 * <p>Handlers are confined to their channel's event loop; classes that count are safe for all
 * threads, and say so.
 */
@NullMarked
package io.github.litealloc.benchmarks.demo.server;

import org.jspecify.annotations.NullMarked;
