/** A JUnit 5 extension that finds Netty buffers which a test has left behind. */
@NullMarked
package io.github.litealloc.junit;

import org.jspecify.annotations.NullMarked;
